"""The pages behind a link, for people: old and new side by side and one button; they need no JavaScript."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db.models import Field
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from airports.fields import NAMES, Value
from airports.models import Airport, PendingChange
from airports.services.confirm_change import Confirmed
from airports.services.pending_changes import Outdated, Preview
from config.common.http.permissions import RolePermission
from config.common.problems import Forbidden

_TEMPLATE = "airports/confirm.html"
_HEADINGS = {
    401: gettext_lazy("Please sign in again"),
    403: gettext_lazy("You may not confirm this"),
    404: gettext_lazy("There is no such link"),
    409: gettext_lazy("This cannot be confirmed"),
    410: gettext_lazy("This link is no longer valid"),
}


def preview_page(request: Request, preview: Preview) -> HttpResponse:
    """What would change, and the button."""
    change, differences = preview.change, preview.differences
    is_new = change.action == PendingChange.Action.CREATE
    context = {
        "title": _("Make this airport?") if is_new else _("Change %(name)s?") % {"name": (change.before or {})["name"]},
        "detail": _("Nothing has been changed yet."),
        "change": change,
        "columns": (_("Value"),) if is_new else (_("Now"), _("New")),
        "rows": [
            _row(name, [pair["to"]] if is_new else [pair["from"], pair["to"]]) for name, pair in differences.items()
        ],
        "button": _("Make the airport") if is_new else _("Change the airport"),
    }
    return render(request._request, _TEMPLATE, context)


def done_page(request: Request, confirmed: Confirmed, answer: Response) -> HttpResponse:
    """That it was done, with the status and the headers of `answer`."""
    is_new = confirmed.change.action == PendingChange.Action.CREATE
    title = _("%(name)s was made") if is_new else _("%(name)s was changed")
    detail = _("It is at version %(version)s, and its history names you. The link is used up.")
    context = {
        "title": title % {"name": confirmed.airport.name},
        "detail": detail % {"version": confirmed.airport.version},
        "airport": confirmed.airport,
    }
    page = render(request._request, _TEMPLATE, context, status=answer.status_code)
    for name, value in answer.headers.items():
        page.headers.setdefault(name, value)
    return page


def refusal_page(request: Request, exc: Exception, response: HttpResponse) -> HttpResponse:
    """Why it cannot be: the words of the problem details in `response`, with their status and headers."""
    problem: dict[str, Any] = json.loads(response.content)
    context = {
        "title": _HEADINGS.get(response.status_code, problem["title"]),
        "detail": problem["detail"],
        "errors": problem["errors"],
        "request_id": problem["request_id"],
        "is_wrong_role": isinstance(exc, Forbidden) or getattr(exc, "detail", None) == RolePermission.message,
    }
    if isinstance(exc, Outdated):
        context |= _versions(exc.asked, exc.present)
    page = render(request._request, _TEMPLATE, context, status=response.status_code)
    for name, value in response.headers.items():
        page.headers.setdefault(name, value)
    return page


def _versions(asked: Mapping[str, Any], present: Mapping[str, Any] | None) -> dict[str, Any]:
    """Both versions side by side, the fields in which they differ."""
    now = present or dict.fromkeys(asked)
    names = [name for name in NAMES if asked[name] != now[name]]
    return {
        "columns": (
            _("Version %(version)s, when the link was made") % {"version": asked["version"]},
            _("Version %(version)s, now") % {"version": now["version"]} if present else _("Now"),
        ),
        "rows": [_row(name, [asked[name], now[name]]) for name in names],
    }


def _row(name: str, values: Sequence[Value]) -> dict[str, Any]:
    field = cast("Field[Any, Any]", Airport._meta.get_field(name))
    return {
        "label": capfirst(str(field.verbose_name)),
        "hint": field.help_text,
        "values": [_as_text(value) for value in values],
    }


def _as_text(value: Value) -> str | None:
    return repr(value).removesuffix(".0") if isinstance(value, float) else value
