"""The front page of the admin, and each of its tiles by itself."""

from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from analytics.dashboard.tiles import KINDS, read_tile, read_tiles
from config.common.http.callers import acting


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's `DASHBOARD_CALLBACK`."""
    return context | {"tiles": read_tiles(actor=acting(request))}


def tile(request: HttpRequest, key: str) -> HttpResponse:
    """One tile as it is now, for htmx; anybody else is led to the whole page."""
    is_htmx = request.headers.get("HX-Request") == "true"
    if not admin.site.has_permission(request):
        # A sign-in page inside of a tile would help nobody.
        return _whole_page(key, is_htmx=is_htmx)
    kind = KINDS.get(key)
    if kind is None:
        raise Http404
    if not kind.is_for(acting(request)):
        raise PermissionDenied
    if not is_htmx:
        return _whole_page(key, is_htmx=False)
    found = read_tile(kind=kind, actor=acting(request))
    return render(request, "admin/dashboard/tile.html", {"tile": found})


def _whole_page(key: str, *, is_htmx: bool) -> HttpResponse:
    address = f"{reverse('admin:index')}#{key}" if key in KINDS else reverse("admin:index")
    if is_htmx:
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


# What the middleware says of the methods of this page.
tile.methods = ("GET", "HEAD", "OPTIONS")  # type: ignore[attr-defined]  # read by `MethodsMiddleware`
