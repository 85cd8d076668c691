"""The methods of what is no API: pages of Django and silk, static files."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from config.common.http.error_pages import PAGE_PREFIXES, method_not_allowed, not_found

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_FILE = ("GET", "HEAD", "OPTIONS")
_PAGE = ("GET", "HEAD", "OPTIONS", "POST")
# The one page that only takes a form.
_FORM = ("OPTIONS", "POST")
# Where there is no page: reading goes on to the admin, which asks for a sign-in before it says so.
_NOTHING = ("GET", "HEAD")


class MethodsMiddleware:
    """Answers OPTIONS, and refuses methods that do not work, for the pages of Django and silk, and the static files."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/static/"):
            return self._file(request)
        if request.path_info.startswith(PAGE_PREFIXES):
            return self._page(request)
        return self.get_response(request)

    def _file(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # WhiteNoise refuses other methods where there is a file; where there is none, a 404 stands.
        return _other(request, _FILE) if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED else response

    def _page(self, request: HttpRequest) -> HttpResponseBase:
        methods = _methods(request.path_info)
        if request.method != "OPTIONS" and request.method in methods:
            return self.get_response(request)
        return _other(request, methods) if methods != _NOTHING else not_found(request, Http404())


def _methods(path: str) -> tuple[str, ...]:
    """What works at `path` of the admin, or of the profiler's pages, which say it themselves."""
    try:
        match = resolve(path)
    except Resolver404:
        return _NOTHING
    if hasattr(match.func, "methods"):
        return cast("tuple[str, ...]", match.func.methods)
    if match.func.__name__ == admin.site.catch_all_view.__name__:
        return _NOTHING
    return _FORM if match.url_name == "logout" else _PAGE


def _other(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    return _options(methods) if request.method == "OPTIONS" else method_not_allowed(request, methods)


def _options(methods: tuple[str, ...]) -> HttpResponse:
    data: dict[str, Any] = {
        "name": "File" if methods is _FILE else "Page",
        "description": "A file." if methods is _FILE else "A page for people.",
        "methods": list(methods),
        "parses": [],
        "renders": [],
        "fields": {},
    }
    return JsonResponse({"data": data}, headers={"Allow": ", ".join(methods)})
