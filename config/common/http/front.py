"""What the front asks before it lets a request's body come: whether its head alone decides about it.

The front (docker/front) sends the head of such a request by itself. It runs through the same view as the whole request,
which refuses it, or asks for the body: then the front waits for the body and sends the request anew. So nobody who is
refused is waited for, and no thread waits for a body of some size.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

_PASS, _CHECK, _CHECKED = "HTTP_X_FRONT_PASS", "check", "checked"
_LENGTH, _TRANSFER_ENCODING = "HTTP_X_FRONT_LENGTH", "HTTP_X_FRONT_TRANSFER_ENCODING"


class BodyWanted(Exception):
    """The head is no reason to refuse the request."""


def is_check(meta: Mapping[str, Any]) -> bool:
    """Whether the request is a head that the front asks about. Without a front of our own nobody may ask so."""
    return meta.get(_PASS) == _CHECK and settings.TRUSTED_PROXIES > 0


def was_checked(meta: Mapping[str, Any]) -> bool:
    """Whether the request is one whose head the front has asked about: it was counted then."""
    return meta.get(_PASS) == _CHECKED and settings.TRUSTED_PROXIES > 0


def comes_along(meta: Mapping[str, Any]) -> bool:
    """Whether the request has a body that is not waited for: the front has it, and asked nothing about its head."""
    return bool(meta.get("CONTENT_LENGTH")) and not is_check(meta) and not was_checked(meta)


def with_heads(application: Application) -> Application:
    """The application, to which a head that the front asks about looks like the request whose head it is."""

    def call(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if is_check(environ):
            environ["CONTENT_LENGTH"] = environ.get(_LENGTH, "")
            if environ.get(_TRANSFER_ENCODING):
                environ["HTTP_TRANSFER_ENCODING"] = environ[_TRANSFER_ENCODING]
            environ["wsgi.input"] = _Unsent()
        return application(environ, start_response)

    return call


class _Unsent:
    """A body that has not been sent."""

    def read(self, size: int = -1) -> NoReturn:
        raise BodyWanted

    readline = read


class HeadCheckMiddleware(MiddlewareMixin):
    """Answers the front's question: 204 where the view wants the body, else 403; the front then fetches the refusal.

    Views are looked at before the CSRF check, which reads bodies, and when every middleware has let the request in.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not is_check(request.META) or response.status_code == 204:
            return response
        response.close()
        return HttpResponse(status=403)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # Views of the API decide themselves, when they begin to read.
        if not is_check(request.META) or hasattr(getattr(view, "cls", None), "bodies"):
            return None
        # What comes in chunks no page reads: it is not waited for.
        return HttpResponse(status=204 if request.META["CONTENT_LENGTH"] else 403)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return HttpResponse(status=204) if isinstance(exception, BodyWanted) else None
