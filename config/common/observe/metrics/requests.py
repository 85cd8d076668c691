"""Requests: how many, how long, how many at the moment."""

import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Gauge, Histogram

from config.common.http.front import is_check
from config.common.observe.metrics.families import COUNTED

SECONDS = Histogram(
    "demanda_http_request_seconds",
    "Until the answer begins: of a stream, its first piece.",
    ("view", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    registry=COUNTED,
)
# Of the processes that live: what a killed one had under way is not under way any more.
IN_PROGRESS = Gauge(
    "demanda_http_requests_in_progress",
    "Until the last byte has been sent: each holds a thread.",
    multiprocess_mode="livesum",
    registry=COUNTED,
)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class MetricsMiddleware:
    """Counts each request once, whoever answered it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_check(request.META):
            return self.get_response(request)
        began = time.perf_counter()
        IN_PROGRESS.inc()
        try:
            response = self.get_response(request)
        except BaseException:
            IN_PROGRESS.dec()
            raise
        SECONDS.labels(view_of(request), method_of(request), str(response.status_code)).observe(
            time.perf_counter() - began
        )
        # The server closes every answer, also one that its reader left.
        response._resource_closers.append(IN_PROGRESS.dec)  # type: ignore[attr-defined]  # what Django's stubs leave out
        return response


def view_of(request: HttpRequest) -> str:
    """The name of the URL's pattern, never the path: anybody can invent paths."""
    match = request.resolver_match
    if match is not None:
        return match.view_name
    return "static" if request.path_info.startswith("/static/") else "none"


def method_of(request: HttpRequest) -> str:
    """The method; anybody can invent these as well."""
    return request.method if request.method in _METHODS else "other"
