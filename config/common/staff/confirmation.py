"""A page between an action of a list and its effect."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _


def confirmed(request: HttpRequest) -> bool:
    """Whether the page was shown and its button pressed."""
    return request.POST.get("confirmed") == "yes"


def ask(request: HttpRequest, rows: QuerySet[Any], *, question: str, yes: str) -> HttpResponse:
    """Names the rows, and asks. `yes` is the button; the present action is sent once more by it."""
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Are you sure?"),
        "question": question,
        "yes": yes,
        "rows": rows,
        "opts": rows.model._meta,
        "action": request.POST.get("action", ""),
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/confirm_action.html", context)
