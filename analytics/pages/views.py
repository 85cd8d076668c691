"""Serves `/analytics/`, the demand for people in a browser. It works without JavaScript."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import FormParser
from rest_framework.renderers import JSONRenderer, StaticHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.pages.base import PageViewSet
from analytics.pages.filters import PAGE, Filters
from analytics.pages.forms import check_form, refresh
from analytics.pages.page import REFRESH, page_context
from analytics.pages.query import FormSerializer, PageQuery
from config.common.replicas.reading import from_replica


class DemandPageViewSet(PageViewSet):
    """Who wants the next course, as a page for people."""

    permissions = {"list": ("analytics.view_importdemand",), "create": (REFRESH,)}
    queries = {"list": PageQuery, "create": PageQuery}
    bodies = {"create": FormSerializer}
    # A form comes from a page; whoever else posts is a program unless it says otherwise.
    renderers = {"list": (StaticHTMLRenderer, JSONRenderer), "create": (JSONRenderer, StaticHTMLRenderer)}
    parser_classes = (FormParser,)

    @extend_schema(exclude=True)
    @from_replica
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


def _links(filters: Filters) -> dict[str, str]:
    whole = {"format": "json"}
    links = {name: filters.api(name, **whole) for name in ("demand", "opportunities", "cities")}
    return links | {"trend": filters.api("trend", min_residents=0, **whole)}
