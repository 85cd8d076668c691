"""What the pages for people have in common: how they refuse."""

import json
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from config.common.http.negotiation import prefers_page, would_be_page
from config.common.http.viewsets import ApiViewSet

_HEADINGS = {
    400: gettext_lazy("This address is not right"),
    403: gettext_lazy("You may not see or do this"),
    404: gettext_lazy("There is no such thing"),
    409: gettext_lazy("This cannot be done now"),
}


class PageViewSet(ApiViewSet):
    """A page about the demand, for those who may see it."""

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]  # ours are Django's own
        """Programs get problem details; a browser gets a page. Who would get the page is asked to sign in first."""
        response: HttpResponse = super().handle_exception(exc)
        if isinstance(exc, NotAuthenticated) and would_be_page(self.request, self.get_renderers()):
            return redirect_to_login(self.request.get_full_path())
        if not prefers_page(self.request._request):
            return response
        return _refusal(self.request, response)


def _refusal(request: Request, response: HttpResponse) -> HttpResponse:
    """Writes the problem details of `response` as a page, with their status and headers."""
    problem: dict[str, Any] = json.loads(response.content)
    context = {
        "title": _HEADINGS.get(response.status_code, problem["title"]),
        "detail": problem["detail"],
        "errors": problem["errors"],
        "request_id": problem["request_id"],
    }
    page = render(request._request, "analytics/refusal.html", context, status=response.status_code)
    for name, value in response.headers.items():
        page.headers.setdefault(name, value)
    return page
