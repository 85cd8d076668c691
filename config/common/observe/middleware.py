"""The log line of a request."""

from functools import partial
from typing import Any

import structlog
from django.dispatch import receiver
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.utils.functional import LazyObject
from django_structlog.middlewares import RequestMiddleware
from django_structlog.signals import bind_extra_request_failed_metadata

from config.common.domain import declared
from config.common.http.front import is_check
from config.common.http.patience import GivenUp
from config.common.observe import units
from config.common.observe.streams import follow

logger = structlog.get_logger(__name__)


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
        secret = next((start for start in declared("secret_paths") if request.path.startswith(start)), None)
        return f"{request.method} {request.path if secret in {None, request.path} else f'{secret}***'}"

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
