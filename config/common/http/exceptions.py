"""Every error of the API as problem details (RFC 9457)."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS

from config.common.db import errors as database_errors
from config.common.http import unreadable
from config.common.problems import AccountGone, Problem, told
from config.common.texts import gettext as _
from config.common.texts import said

CONTENT_TYPE = "application/problem+json"
# HTTP's own phrases, as they were when these were written: Python's differ by its version.
_TITLES = {
    400: _("Bad Request"),
    401: _("Unauthorized"),
    403: _("Forbidden"),
    404: _("Not Found"),
    405: _("Method Not Allowed"),
    406: _("Not Acceptable"),
    408: _("Request Timeout"),
    409: _("Conflict"),
    410: _("Gone"),
    412: _("Precondition Failed"),
    413: _("Request Entity Too Large"),
    415: _("Unsupported Media Type"),
    422: _("Unprocessable Entity"),
    429: _("Too Many Requests"),
    500: _("Internal Server Error"),
    503: _("Service Unavailable"),
    507: _("Insufficient Storage"),
}


def problem_response(
    request: HttpRequest,
    status: int,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    more_errors: int = 0,
    headers: Mapping[str, str] | None = None,
    extensions: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A problem details body. `errors` are `{"pointer", "code", "detail"}`."""
    body: dict[str, Any] = {
        **(extensions or {}),
        "type": "about:blank",
        "title": title_of(status),
        "status": int(status),
        "detail": said(detail),
        "request_id": getattr(request, "request_id", ""),
        "errors": errors or [],
    }
    if more_errors:
        body["more_errors"] = more_errors
    # A pointer may name a key that no UTF-8 can carry: a question mark stands in.
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return HttpResponse(content, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def title_of(status: int) -> str:
    """What HTTP calls a status, in the language that is active."""
    return said(_TITLES.get(status, HTTPStatus(status).phrase))


def response_for(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The response that says what `problem` says."""
    return problem_response(
        request,
        problem.status,
        problem.text,
        errors=told(problem.errors),
        more_errors=problem.more_errors,
        headers=headers_of(problem),
        extensions=problem.extensions,
    )


def headers_of(problem: Problem) -> dict[str, str]:
    """Says what `problem` has for machines beside its body."""
    headers = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    return headers | ({"WWW-Authenticate": "Token"} if isinstance(problem, AccountGone) else {})


def problem_handler(exc: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Answers for DRF. None for what nobody foresaw: Django logs it, `config.common.http.error_pages` answers 500."""
    request: HttpRequest = context["request"]._request
    if isinstance(exc, DatabaseError):
        exc = database_errors.as_problem(exc, writes=request.method not in SAFE_METHODS) or exc
    if isinstance(exc, UnreadablePostError):
        exc = unreadable.as_problem(exc)
    if isinstance(exc, Problem):
        return response_for(request, exc)
    if isinstance(exc, APIException):
        return problem_response(request, exc.status_code, _sentence(exc), headers=_headers(exc))
    if isinstance(exc, Http404):
        return problem_response(request, HTTPStatus.NOT_FOUND, _("There is nothing here."))
    if isinstance(exc, PermissionDenied):
        return problem_response(request, HTTPStatus.FORBIDDEN, _("You may not do this."))
    return None


def _sentence(exc: APIException) -> str:
    return exc.detail if isinstance(exc.detail, str) else _("The request is not valid.")


def _headers(exc: APIException) -> dict[str, str]:
    headers = {}
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(auth_header)
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, round(wait)))
    return headers
