"""Django's own error answers: problem details for programs; a page in the admin, and for a browser that went astray."""

import re
import sys
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404
from django.utils.cache import patch_vary_headers
from rest_framework.permissions import SAFE_METHODS

from config.common.db.errors import as_problem
from config.common.domain import declared
from config.common.http.exceptions import headers_of, problem_response, response_for
from config.common.http.negotiation import prefers_page
from config.common.problems import Problem
from config.common.words import counted

PAGE_PREFIXES = ("/admin/", "/silk")


def is_mixed(path: str) -> bool:
    """Tells whether there is a page for browsers and JSON for programs at `path`."""
    return any(re.fullmatch(one, path, re.DOTALL) for one in declared("mixed_paths"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a host that is not ours, a request that Django finds suspicious."""
    if isinstance(exception, RequestDataTooBig):
        return _answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than allowed.")
    known = isinstance(exception, SuspiciousOperation)
    return _answer(
        request, HTTPStatus.BAD_REQUEST, "The request was refused." if known else "The request is malformed."
    )


def refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    """What `problem` says, as a page where the address is one."""
    if not is_page(request):
        return response_for(request, problem)
    response = _page(request, problem.status, problem.detail)
    for name, value in headers_of(problem).items():
        response.headers[name] = value
    return response


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _answer(request, HTTPStatus.FORBIDDEN, "You may not do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404. An address that leads nowhere was mistyped by a person, where the caller is a browser."""
    detail = "There is nothing at this address."
    is_mistyped = isinstance(exception, Resolver404) and prefers_page(request)
    response = (_page if is_mistyped else _answer)(request, HTTPStatus.NOT_FOUND, detail)
    patch_vary_headers(response, ["Accept"])
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 and 507 where the database is the reason. The traceback is in the log, under the request's id."""
    error = sys.exc_info()[1]
    writes = request.method not in SAFE_METHODS
    problem = as_problem(error, writes=writes) if isinstance(error, DatabaseError) else None
    if problem is None:
        return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "This is our mistake; it has been written down.")
    return refused(request, problem)


def method_not_allowed(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponse:
    """405 where no view of the API answers."""
    response = _answer(request, HTTPStatus.METHOD_NOT_ALLOWED, f"{request.method} does not work here.")
    response.headers["Allow"] = ", ".join(methods)
    return response


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """429: too many failed sign-ins of this user name from this address. Called by django-axes."""
    minutes = round(60 * settings.AXES_COOLOFF_TIME)
    detail = f"Too many failed sign-ins. Try again in {counted(minutes, 'minute')}."
    response = _answer(request, HTTPStatus.TOO_MANY_REQUESTS, detail)
    response.headers["Retry-After"] = str(60 * minutes)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was not ours, or was open for too long."""
    return _answer(request, HTTPStatus.FORBIDDEN, "This form has expired. Go back, reload the page and try again.")


def _answer(request: HttpRequest, status: HTTPStatus, detail: str) -> HttpResponse:
    return _page(request, status, detail) if is_page(request) else problem_response(request, status, detail)


def is_page(request: HttpRequest) -> bool:
    """Whether what `request` gets is a page for people."""
    path = request.path_info
    return path.startswith(PAGE_PREFIXES) or (is_mixed(path) and prefers_page(request))


def _page(request: HttpRequest, status: HTTPStatus, detail: str) -> HttpResponse:
    context = {"title": status.phrase, "detail": detail, "request_id": getattr(request, "request_id", "")}
    return render(request, "error.html", context, status=status)
