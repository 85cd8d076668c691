"""What wraps every request: its id, cross-origin headers, and OPTIONS where no view of the API answers it."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
_PAGES = {"/admin/": ("GET", "HEAD", "OPTIONS", "POST"), "/static/": ("GET", "HEAD", "OPTIONS")}


class RequestIdMiddleware:
    """Gives the request the id that its caller sent, or a new one, and puts it on the response."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
        # Where django-structlog looks for it, so that the log lines carry the same.
        request.META["HTTP_X_REQUEST_ID"] = request_id
        request.request_id = request_id  # type: ignore[attr-defined]  # our own attribute, read by the error bodies
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        return response


class CorsHeadersMiddleware(CorsMiddleware):
    """Adds the cross-origin headers, but lets the view answer a preflight: it knows the URL's methods."""

    def check_preflight(self, request: HttpRequest) -> HttpResponse | None:
        request._cors_enabled = self.is_enabled(request)  # type: ignore[attr-defined]  # the base class's own mark
        return None


class OptionsMiddleware:
    """Answers OPTIONS for the admin's pages and the static files, without asking who is there."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "OPTIONS":
            for prefix, methods in _PAGES.items():
                if request.path_info.startswith(prefix):
                    return _options(prefix, methods)
        return self.get_response(request)


def _options(prefix: str, methods: tuple[str, ...]) -> HttpResponse:
    data: dict[str, Any] = {
        "name": prefix.strip("/").capitalize(),
        "description": "A page for people." if "POST" in methods else "A file.",
        "methods": list(methods),
        "parses": [],
        "renders": [],
        "fields": {},
    }
    return JsonResponse({"data": data}, headers={"Allow": ", ".join(methods)})
