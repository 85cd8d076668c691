"""What wraps every request: its id, its log line, HEAD, cross-origin headers, and the methods of what is no API."""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any, cast

import structlog
from corsheaders.middleware import CorsMiddleware
from csp.constants import NONCE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.contrib import admin
from django.dispatch import receiver
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.urls import Resolver404, resolve
from django.utils.functional import LazyObject
from django_structlog.middlewares import RequestMiddleware
from django_structlog.signals import bind_extra_request_failed_metadata

from config.common.errors import PAGE_PREFIXES, bad_request, broken_body, method_not_allowed, not_found
from config.common.front import is_check
from config.common.observe import units
from config.common.observe.streams import follow
from config.common.patience import GivenUp
from config.common.unreadable import as_problem, given_up, verdict_on

GetResponse = Callable[[HttpRequest], HttpResponseBase]

logger = structlog.get_logger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
_SECRET_PATH = re.compile(r"^(/confirm/).+", re.DOTALL)
_FORMS = ("/admin/", "/confirm/")
_GIVEN_UP = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
_FILE = ("GET", "HEAD", "OPTIONS")
_PAGE = ("GET", "HEAD", "OPTIONS", "POST")
# Alpine.js evaluates expressions, and styles stand in attributes: beside a nonce, they would not count.
_ADMIN_POLICY = {"script-src": [SELF, NONCE, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}
# The one page that only takes a form.
_FORM = ("OPTIONS", "POST")
# Where there is no page: reading goes on to the admin, which asks for a sign-in before it says so.
_NOTHING = ("GET", "HEAD")


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


class LogMiddleware(RequestMiddleware):  # type: ignore[misc]  # mypy does not follow django-structlog
    """One log line a request, at its end: method, path, status, duration, queries, and the user where the request asked
    for one. A stream's line is written after its last byte."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = units.begin()
        try:
            response: HttpResponseBase = super().__call__(request)
        finally:
            units.end(token)
        return response

    def prepare(self, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(request_id=request.META["HTTP_X_REQUEST_ID"])
        logger.debug("request_started", request=self.format_request(request))

    def handle_response(self, request: HttpRequest, response: HttpResponseBase) -> None:
        if vars(request).pop("_raised_exception", None) is not None:
            # Its line, `request_failed`, is written.
            _close()
        elif isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            self.bind_user_id(request)
            follow(response, partial(self._stream_is_over, request, response))
        else:
            self.bind_user_id(request)
            self._say(request, response)
            _close()
        structlog.contextvars.clear_contextvars()

    def _stream_is_over(
        self, request: HttpRequest, response: HttpResponseBase, error: BaseException | None, whole: bool
    ) -> None:
        if error is not None and not isinstance(error, GivenUp):
            logger.error("stream_failed", request=self.format_request(request), exc_info=error, **_figures())
        else:
            self._say(request, response, **({} if whole else {"broken_off": True}))
        _close()

    def _say(self, request: HttpRequest, response: HttpResponseBase, **more: object) -> None:
        if is_check(request.META):
            return
        level = self._log_level_for_status_code(response.status_code)
        request_line = self.format_request(request)
        logger.log(level, "request_finished", code=response.status_code, request=request_line, **_figures(), **more)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        # A query string may hold names and addresses; the token in a link's path is as good as a password.
        path = _SECRET_PATH.sub(r"\1***", request.path)
        return f"{request.method} {path}"

    @classmethod
    def bind_user_id(cls, request: HttpRequest) -> None:
        # Looking at an unread session would query the database, also for OPTIONS and while the database is away.
        user = vars(request).get("user")
        if hasattr(request, "_cached_user") or not isinstance(user, LazyObject | None):
            super().bind_user_id(request)


@receiver(bind_extra_request_failed_metadata)
def add_figures(log_kwargs: dict[str, object], **_: object) -> None:
    """The line of a request that failed is django-structlog's own."""
    log_kwargs.update(_figures())


def _figures() -> dict[str, Any]:
    unit = units.current()
    return unit.figures() if unit is not None else {}


def _close() -> None:
    unit = units.current()
    if unit is not None:
        unit.close()


class ChunkedBodyMiddleware:
    """Lets a body be read that comes in chunks, without an announced length: Django takes it for an empty one.

    Only for the API, which counts what it reads; Django's own forms would read on to the end.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
        if chunked and not request.META.get("CONTENT_LENGTH") and not request.path_info.startswith(_FORMS):
            request._stream = request.META["wsgi.input"]
        return self.get_response(request)


class HeadMiddleware:
    """Takes the body off the answer to HEAD: a stream that nobody starts fetches no row."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "HEAD":
            return response
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = ()
        elif isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


class ContentSecurityMiddleware(CSPMiddleware):  # type: ignore[misc]  # django-csp has no types
    """The content security policy, wider for the admin, whose Alpine.js evaluates expressions and writes styles."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts: PolicyParts = super().get_policy_parts(request, response, report_only)
        return replace(parts, replace=_ADMIN_POLICY) if request.path_info.startswith("/admin/") else parts


class CorsHeadersMiddleware(CorsMiddleware):
    """Adds the cross-origin headers, but lets the view answer a preflight: it knows the URL's methods."""

    def check_preflight(self, request: HttpRequest) -> HttpResponse | None:
        request._cors_enabled = self.is_enabled(request)  # type: ignore[attr-defined]  # the base class's own mark
        return None


class NulMiddleware:
    """Turns a NUL byte that reached the database, which takes it in no text, into a 400: it came from the caller."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # The driver has no class of its own for it.
        is_nul = isinstance(exception, ValueError) and "NUL (0x00)" in str(exception)
        return bad_request(request, exception) if is_nul else None


class BrokenBodyMiddleware:
    """Says of a body that did not come to its end what is the matter: 408 or 400, whoever read it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # Django's form parser takes a body that cannot be read for an empty one, which lacks its CSRF token.
        verdict = verdict_on(request)
        if verdict is None or response.status_code in _GIVEN_UP:
            return response
        return broken_body(request, given_up(verdict))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, UnreadablePostError):
            return None
        return broken_body(request, as_problem(exception))


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
