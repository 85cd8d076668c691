"""Lists a page at a time."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import Count, Model, QuerySet, Window
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from config.common.digits import MAX_INTEGER

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
MAX_OFFSET = MAX_INTEGER

RowT = TypeVar("RowT", bound=Model)


class PageQuery(serializers.Serializer[Any]):
    """The parameters of every list that comes in pages."""

    limit = serializers.IntegerField(
        required=False, default=DEFAULT_LIMIT, min_value=1, max_value=MAX_LIMIT, help_text="Rows in a page."
    )
    offset = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=MAX_OFFSET, help_text="Rows to pass over."
    )


def page_response(
    request: Request, rows: QuerySet[RowT], query: Mapping[str, Any], render: Callable[[RowT], Any]
) -> Response:
    """`{"data", "count", "next", "previous"}` with `render(row)` for each row of the page."""
    limit, offset = query["limit"], query["offset"]
    count = rows.count()
    # Beyond the last row there is nothing to fetch, however far beyond.
    page = [render(row) for row in rows[offset : offset + limit]] if offset < count else []
    return cut_page_response(request, page, query, count=count)


def found_page_response(
    request: Request, rows: QuerySet[RowT], query: Mapping[str, Any], render: Callable[[RowT], Any]
) -> Response:
    """As `page_response`, for rows that PostgreSQL has to look for all over the table: it does so once, for the page
    and the count together."""
    limit, offset = query["limit"], query["offset"]
    found: list[Any] = list(rows.annotate(all_found=Window(Count("*")))[offset : offset + limit])
    # Beyond the last row nothing says how many there are.
    count = found[0].all_found if found else rows.count() if offset else 0
    return cut_page_response(request, list(map(render, found)), query, count=count)


def cut_page_response(
    request: Request, page: list[Any], query: Mapping[str, Any], *, count: int, **more: Any
) -> Response:
    """Answers with rows that were cut already from `count` of them; `more`: further members."""
    limit, offset = query["limit"], query["offset"]
    following = _link(request, limit, offset + limit) if offset + limit < count else None
    preceding = _link(request, limit, max(0, min(offset, count) - limit)) if offset > 0 else None
    return Response({"data": page, "count": count, "next": following, "previous": preceding, **more})


def _link(request: Request, limit: int, offset: int) -> str:
    url = replace_query_param(request.build_absolute_uri(), "limit", limit)
    return replace_query_param(url, "offset", offset)
