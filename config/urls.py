"""Every URL of the product."""

from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

import config.common.accounts.api.schema  # noqa: F401 - registers itself
from config.common.http import site
from config.common.observe import silk_pages
from config.common.observe.api import health
from config.common.observe.api.metrics import MetricsViewSet

handler400 = "config.common.http.error_pages.bad_request"
handler403 = "config.common.http.error_pages.permission_denied"
handler404 = "config.common.http.error_pages.not_found"
handler500 = "config.common.http.error_pages.server_error"

admin.autodiscover()

_LIST: dict[str, Any] = {"get": "list"}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", site.HomeViewSet.as_view(_LIST), name="home"),
    path("health/live", health.LiveViewSet.as_view(_LIST), name="health-live"),
    path("health/ready", health.ReadyViewSet.as_view(_LIST), name="health-ready"),
    path("metrics", MetricsViewSet.as_view(_LIST), name="metrics"),
    path("schema", site.SchemaViewSet.as_view(_LIST), name="schema"),
    path("docs", site.SwaggerViewSet.as_view(_LIST), name="docs"),
    path("redoc", site.RedocViewSet.as_view(_LIST), name="redoc"),
    path("", include("config.common.events.api.urls")),
    path("", include("airports.api.urls")),
    path("", include("imports.api.urls")),
    path("", include("analytics.api.urls")),
    path("", include("analytics.pages.urls")),
    path("admin/", include("config.common.accounts.sign_in.urls")),
    path("admin/notifications/", include("config.common.events.urls")),
    path("admin/views/", include("config.common.saved_views.urls")),
    path("admin/dashboard/", include("analytics.dashboard.urls")),
    path("admin/", admin.site.urls),
    # Silk's links end in a slash; its front page is to be had without.
    path("silk", silk_pages.summary, name="profiles"),
    path("silk/", include((silk_pages.urlpatterns, silk_pages.app_name), namespace="silk")),
]
