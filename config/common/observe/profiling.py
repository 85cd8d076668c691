"""Records sampled requests in django-silk's tables, without what silk would record by itself.

Silk reads each body before the view does, stores queries with the values in them, asks the database to explain each of
them inside the request's own transaction (which hides the error of a failed one), and writes a row a query. This
recorder takes the shapes of queries from the unit of work, COPY and raw SQL included, and writes everything at the
request's end by three statements.
"""

import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from silk.middleware import SilkyMiddleware, _should_intercept
from silk.models import Request, Response, SQLQuery

from config.common.observe import units
from config.common.observe.routes import route_of
from config.common.observe.sql_fingerprint import shape
from config.common.observe.units import Query, Unit

# A request that makes more is known to be wrong by then.
MAX_QUERIES = 2000
_CALLERS = 6
_OUR_CODE = f"{settings.ROOT}/"
_NOT_OURS = (f"{settings.ROOT}/.venv/", f"{settings.ROOT}/config/common/observe/")

logger = structlog.get_logger(__name__)


class ProfileMiddleware(SilkyMiddleware):  # type: ignore[misc]  # silk has no types
    """Silk's, with a recorder of our own. Stands right inside `LogMiddleware`, whose unit of work it reads."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        unit = units.current()
        if unit is None or not _should_intercept(request):
            response: HttpResponseBase = self.get_response(request)
            return response
        seen: list[tuple[Query, str]] = []
        unit.trace = partial(_note, seen)
        response = self.get_response(request)
        unit.at_end.append(partial(_record, request, response, unit, seen))
        return response


def _note(seen: list[tuple[Query, str]], query: Query) -> None:
    if len(seen) < MAX_QUERIES:
        seen.append((query, _callers(sys._getframe(1))))


def _callers(frame: FrameType | None) -> str:
    """The lines of our own code that led to a query, the innermost first, as silk's pages can link them."""
    lines: list[str] = []
    while frame is not None and len(lines) < _CALLERS:
        code = frame.f_code
        if code.co_filename.startswith(_OUR_CODE) and not code.co_filename.startswith(_NOT_OURS):
            # Silk takes every second line for source code.
            lines += [f'File "{code.co_filename}", line {frame.f_lineno}, in {code.co_name}', ""]
        frame = frame.f_back
    return "\n".join(lines)


def _record(request: HttpRequest, response: HttpResponseBase, unit: Unit, seen: list[tuple[Query, str]]) -> None:
    route = route_of(request)
    if route is None or response.status_code == HTTPStatus.NOT_FOUND:
        # An address that nobody knows may hold anything.
        return
    try:
        _store(request, route, response.status_code, unit, seen)
    except DatabaseError as error:
        logger.warning("profile_lost", reason=type(error).__name__)


def _store(request: HttpRequest, route: str, status: int, unit: Unit, seen: list[tuple[Query, str]]) -> None:
    seconds, now = unit.seconds(), datetime.now(UTC)
    profile = Request(
        path=route,
        view_name=getattr(request.resolver_match, "view_name", ""),
        method=request.method,
        start_time=now - timedelta(seconds=seconds),
        end_time=now,
        time_taken=seconds * 1000,
        num_sql_queries=len(seen),
    )
    with transaction.atomic():
        with connection.cursor() as cursor:
            # A record that a crash takes away is no loss, and nobody waits for the disk.
            cursor.execute("SET LOCAL synchronous_commit TO OFF")
        _insert([profile])
        _insert([Response(request=profile, status_code=status)])
        _insert([_row(profile, number, *one) for number, one in enumerate(seen, start=1)])


def _row(profile: Request, number: int, query: Query, callers: str) -> SQLQuery:
    began = datetime.fromtimestamp(query.began_at, UTC)
    return SQLQuery(
        request=profile,
        query=shape(query.sql),
        identifier=number,
        start_time=began,
        end_time=began + timedelta(seconds=query.seconds),
        time_taken=query.seconds * 1000,
        traceback=callers,
    )


def _insert(rows: list[Any]) -> None:
    if rows:
        # Past silk's manager, which writes the request again for every row.
        QuerySet(type(rows[0])).bulk_create(rows)
