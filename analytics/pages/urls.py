"""The URL of the page."""

from django.urls import path

from analytics.pages.views import DemandPageViewSet

urlpatterns = [
    path(
        "analytics/",
        DemandPageViewSet.as_view({"get": "list", "post": "create"}, basename="demand-page"),
        name="demand-page",
    )
]
