"""Serves `/analytics/`, the demand for people in a browser. It works without JavaScript."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotAuthenticated
from rest_framework.parsers import FormParser
from rest_framework.renderers import JSONRenderer, StaticHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.pages.filters import PAGE, Filters
from analytics.pages.forms import check_form, refresh
from analytics.pages.page import REFRESH, page_context
from analytics.pages.query import FormSerializer, PageQuery
from config.common.http.negotiation import prefers_page, would_be_page
from config.common.http.viewsets import ApiViewSet

_HEADINGS = {
    400: gettext_lazy("This address is not right"),
    403: gettext_lazy("You may not see or do this"),
    404: gettext_lazy("There is no such thing"),
    409: gettext_lazy("This cannot be done now"),
}


class DemandPageViewSet(ApiViewSet):
    """Who wants the next course, as a page for people."""

    permissions = {"list": ("analytics.view_importdemand",), "create": (REFRESH,)}
    queries = {"list": PageQuery, "create": PageQuery}
    bodies = {"create": FormSerializer}
    # A form comes from a page; whoever else posts is a program unless it says otherwise.
    renderers = {"list": (StaticHTMLRenderer, JSONRenderer), "create": (JSONRenderer, StaticHTMLRenderer)}
    parser_classes = (FormParser,)

    @extend_schema(exclude=True)
    def list(self, request: Request) -> HttpResponseBase:
        """Shows the page; programs are told where to look."""
        if any("" in values for _name, values in request.query_params.lists()):
            # A form sends its empty fields too: the address without them is the one to send to somebody.
            kept = [(name, value) for name, values in request.query_params.lists() for value in values if value]
            return HttpResponseRedirect(f"{PAGE}?{urlencode(kept)}" if kept else PAGE)
        filters = Filters(**self.query())
        if self.format == "json":
            return Response({"data": {"name": "Demand", "links": _links(filters)}})
        return render(
            request._request, "analytics/page.html", {"page": page_context(filters=filters, actor=self.actor)}
        )

    @extend_schema(exclude=True)
    def create(self, request: Request) -> HttpResponseBase:
        """Has the demand counted again; goes back to the page."""
        check_form(request)
        filters = Filters(**self.query())
        refresh(request=request._request, actor=self.actor)
        return HttpResponseRedirect(filters.href(offset=filters.offset), status=status.HTTP_303_SEE_OTHER)

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]  # ours are Django's own
        """Programs get problem details; a browser gets a page. Who would get the page is asked to sign in first."""
        response: HttpResponse = super().handle_exception(exc)
        if isinstance(exc, NotAuthenticated) and would_be_page(self.request, self.get_renderers()):
            return redirect_to_login(self.request.get_full_path())
        if not prefers_page(self.request._request):
            return response
        return _refusal(self.request, response)


def _links(filters: Filters) -> dict[str, str]:
    whole = {"format": "json"}
    links = {name: filters.api(name, **whole) for name in ("demand", "opportunities", "cities")}
    return links | {"trend": filters.api("trend", min_residents=0, **whole)}


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
