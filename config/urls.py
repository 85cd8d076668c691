"""Every URL of the product."""

from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config.common.api import site

handler400 = "config.common.errors.bad_request"
handler403 = "config.common.errors.permission_denied"
handler404 = "config.common.errors.not_found"
handler500 = "config.common.errors.server_error"

_LIST: dict[str, Any] = {"get": "list"}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", site.HomeViewSet.as_view(_LIST), name="home"),
    path("health/live", site.LiveViewSet.as_view(_LIST), name="health-live"),
    path("health/ready", site.ReadyViewSet.as_view(_LIST), name="health-ready"),
    path("schema", site.SchemaViewSet.as_view(_LIST), name="schema"),
    path("docs", site.SwaggerViewSet.as_view(_LIST), name="docs"),
    path("redoc", site.RedocViewSet.as_view(_LIST), name="redoc"),
    path("", include("airports.api.urls")),
    path("", include("imports.api.urls")),
    path("", include("analytics.api.urls")),
    path("", include("analytics.pages.urls")),
    path("admin/", admin.site.urls),
]
