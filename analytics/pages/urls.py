"""The URLs of the pages."""

from django.urls import path

from analytics.pages.report.views import ReportViewSet
from analytics.pages.views import DemandPageViewSet

urlpatterns = [
    path(
        "analytics/",
        DemandPageViewSet.as_view({"get": "list", "post": "create"}, basename="demand-page"),
        name="demand-page",
    ),
    path("analytics/report", ReportViewSet.as_view({"get": "list"}, basename="demand-report"), name="demand-report"),
]
