"""The map of hotspots: what the profiler recorded, by URL pattern and method."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

# The same query so often within one request is asked in a loop.
REPEATED_FROM = 3

_SPOTS = r"""
    WITH asked AS (
        SELECT request_id, query, count(*) AS times, sum(time_taken) AS ms FROM silk_sqlquery
        WHERE query !~ '^(RELEASE |ROLLBACK TO )?SAVEPOINT|^SET LOCAL' GROUP BY 1, 2
    ), spot AS (
        SELECT request.*, coalesce(sum(ms), 0) AS db_ms, max(times) AS same_times, max(ms / times) AS slowest_ms,
            (array_agg(query ORDER BY times DESC, query))[1] AS same_query,
            (array_agg(query ORDER BY ms / times DESC, query))[1] AS slowest_query
        FROM silk_request AS request LEFT JOIN asked ON request_id = request.id
        WHERE end_time IS NOT NULL AND start_time >= %(since)s GROUP BY request.id
    )
    SELECT method, path, coalesce(view_name, ''), count(*),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY time_taken),
        percentile_cont(0.95) WITHIN GROUP (ORDER BY time_taken),
        sum(time_taken), avg(num_sql_queries)::float, max(num_sql_queries), avg(db_ms),
        coalesce(max(slowest_ms), 0), coalesce((array_agg(slowest_query ORDER BY slowest_ms DESC NULLS LAST))[1], ''),
        coalesce(max(same_times) FILTER (WHERE same_times >= %(often)s), 0)::int,
        coalesce((array_agg(same_query ORDER BY same_times DESC) FILTER (WHERE same_times >= %(often)s))[1], '')
    FROM spot GROUP BY 1, 2, 3 ORDER BY sum(time_taken) DESC
"""
_BEGINNING = "0001-01-01T00:00:00Z"


class Hotspot(NamedTuple):
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
    slowest_query_ms: float
    slowest_query: str
    # How often one request asked the same query at most, and which; 0 for less than `REPEATED_FROM`.
    same_query_in_one_request: int
    same_query: str


def hotspots(*, since: datetime | None = None) -> list[Hotspot]:
    """Adds up what was recorded since then, or at all; first what took most time in sum."""
    with connection.cursor() as cursor:
        cursor.execute(_SPOTS, {"since": since or _BEGINNING, "often": REPEATED_FROM})
        return [Hotspot(*row) for row in cursor.fetchall()]
