"""The map of hotspots: what the profiler recorded, by URL pattern and method."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

# The same query so often within one request is asked in a loop.
REPEATED_FROM = 3
SHOWN = 3
_FRAME = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SET LOCAL")

_SPOTS = """
    WITH asked AS (
        SELECT request_id, sum(time_taken) AS ms FROM silk_sqlquery GROUP BY request_id
    )
    SELECT method, path, coalesce(view_name, ''), count(*),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY time_taken),
        percentile_cont(0.95) WITHIN GROUP (ORDER BY time_taken),
        sum(time_taken), avg(num_sql_queries), max(num_sql_queries), avg(coalesce(ms, 0))
    FROM silk_request LEFT JOIN asked ON request_id = id
    WHERE end_time IS NOT NULL AND start_time >= %s
    GROUP BY 1, 2, 3
"""
_SHAPES = """
    WITH each AS (
        SELECT method, path, coalesce(view_name, '') AS view, query,
            count(*) AS times, sum(asked.time_taken) AS ms, max(asked.time_taken) AS slowest
        FROM silk_request JOIN silk_sqlquery AS asked ON asked.request_id = silk_request.id
        WHERE silk_request.end_time IS NOT NULL AND silk_request.start_time >= %s
        GROUP BY silk_request.id, query
    )
    SELECT method, path, view, query, sum(times)::int, sum(ms) / sum(times), max(slowest), max(times)
    FROM each GROUP BY 1, 2, 3, 4
"""
_BEGINNING = "0001-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Shape:
    """A query without its values: how often it was asked, how long it takes (milliseconds), how often one request
    asked it at most."""

    sql: str
    calls: int
    mean_ms: float
    slowest_ms: float
    most_in_one: int


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A URL pattern and a method; times are milliseconds. `queries` and `db_ms` are means of a call."""

    method: str
    route: str
    view: str
    calls: int
    p50_ms: float
    p95_ms: float
    total_ms: float
    queries: float
    most_queries: int
    db_ms: float
    slowest: tuple[Shape, ...]
    repeated: tuple[Shape, ...]


def hotspots(*, since: datetime | None = None) -> list[Hotspot]:
    """What was recorded since then, or at all; first what took most time in sum."""
    moment = [since or _BEGINNING]
    with connection.cursor() as cursor:
        cursor.execute(_SHAPES, moment)
        shapes: dict[tuple[str, ...], list[Shape]] = defaultdict(list)
        for method, route, view, *values in cursor.fetchall():
            shapes[method, route, view].append(Shape(*values))
        cursor.execute(_SPOTS, moment)
        spots = [_hotspot(row, shapes[row[0], row[1], row[2]]) for row in cursor.fetchall()]
    return sorted(spots, key=lambda spot: spot.total_ms, reverse=True)


def _hotspot(row: tuple[Any, ...], shapes: Iterable[Shape]) -> Hotspot:
    method, route, view, calls, p50, p95, total, queries, most, db_ms = row
    asked = [shape for shape in shapes if not shape.sql.startswith(_FRAME)]
    slowest = sorted(asked, key=lambda shape: shape.mean_ms, reverse=True)[:SHOWN]
    repeated = [shape for shape in asked if shape.most_in_one >= REPEATED_FROM]
    repeated.sort(key=lambda shape: shape.most_in_one, reverse=True)
    figures = (calls, p50, p95, total, float(queries), most, db_ms)
    return Hotspot(method, route, view, *figures, tuple(slowest), tuple(repeated[:SHOWN]))
