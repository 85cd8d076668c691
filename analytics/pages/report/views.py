"""Serves `/analytics/report`: a page or two to print and to hand on, and the same as tables."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import StaticHTMLRenderer
from rest_framework.request import Request

from analytics.pages.base import PageViewSet
from analytics.pages.filters import Filters
from analytics.pages.query import PageQuery
from analytics.pages.report.report import read_report, report_context, report_sheets
from config.common.http.tables import TABLE_FORMATS, TABLES, sheets_response
from config.common.replicas.reading import from_replica


class ReportViewSet(PageViewSet):
    """Who wants the next course, as a report."""

    permissions = {"list": ("analytics.view_importdemand",)}
    queries = {"list": PageQuery}
    renderers = {"list": (StaticHTMLRenderer, *TABLES)}

    @extend_schema(exclude=True)
    @from_replica
    def list(self, request: Request) -> HttpResponseBase:
        """Shows the report of the filters in the address, to each reader what they may see."""
        filters = Filters(**self.query())
        is_table = self.format in TABLE_FORMATS
        report = read_report(filters, self.actor, whole=is_table)
        if is_table:
            return sheets_response(self.format, name="report", sheets=report_sheets(report, filters))
        here = request.build_absolute_uri(filters.report())
        context = {"report": report_context(report, filters, self.actor), "here": here}
        return render(request._request, "analytics/report.html", context)
