"""Bodies that come in chunks, do not come to their end, or hold what the database takes in no text."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from config.common.http.error_pages import bad_request, is_mixed, refused
from config.common.http.unreadable import as_problem, given_up, verdict_on

_GIVEN_UP = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class ChunkedBodyMiddleware(MiddlewareMixin):
    """Lets a body be read that comes in chunks, without an announced length: Django takes it for an empty one.

    Only for the API, which counts what it reads; Django's own forms would read on to the end.
    """

    def process_request(self, request: HttpRequest) -> None:
        chunked = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
        if chunked and not request.META.get("CONTENT_LENGTH") and not _is_form(request):
            request._stream = request.META["wsgi.input"]


def _is_form(request: HttpRequest) -> bool:
    return request.path_info.startswith("/admin/") or is_mixed(request.path_info)


class NulMiddleware(MiddlewareMixin):
    """Turns a NUL byte that reached the database, which takes it in no text, into a 400: it came from the caller."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # The driver has no class of its own for it.
        is_nul = isinstance(exception, ValueError) and "NUL (0x00)" in str(exception)
        return bad_request(request, exception) if is_nul else None


class BrokenBodyMiddleware(MiddlewareMixin):
    """Says of a body that did not come to its end what is the matter: 408 or 400, whoever read it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # Django's form parser takes a body that cannot be read for an empty one, which lacks its CSRF token.
        verdict = verdict_on(request)
        if verdict is None or response.status_code in _GIVEN_UP:
            return response
        return refused(request, given_up(verdict))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, UnreadablePostError):
            return None
        return refused(request, as_problem(exception))
