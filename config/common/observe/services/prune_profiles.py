"""Removes what the profiler recorded long ago, and what is more than is kept."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

_AT_ONCE = 500
# By hand: silk's own deletion reads every row first, and fails on those that are being written.
_OLD = """
    SELECT id FROM silk_request
    WHERE start_time < %s
        OR start_time <= (SELECT start_time FROM silk_request ORDER BY start_time DESC OFFSET %s LIMIT 1)
    ORDER BY start_time LIMIT %s
"""
_STEPS = (
    "DELETE FROM silk_profile_queries WHERE profile_id IN (SELECT id FROM silk_profile WHERE request_id = ANY(%s))",
    "DELETE FROM silk_profile WHERE request_id = ANY(%s)",
    "DELETE FROM silk_sqlquery WHERE request_id = ANY(%s)",
    "DELETE FROM silk_response WHERE request_id = ANY(%s)",
    "DELETE FROM silk_request WHERE id = ANY(%s)",
)


def prune_profiles() -> int:
    """How many requests went: those older than `SILK_DAYS`, and beyond the newest `SILK_MAX_REQUESTS`.

    In short transactions; may be killed and repeated at any point.
    """
    before, kept = timezone.now() - timedelta(days=settings.SILK_DAYS), settings.SILK_MAX_REQUESTS
    gone = 0
    while count := _prune_some([before, kept, _AT_ONCE]):
        gone += count
    return gone


@transaction.atomic
def _prune_some(values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OLD, values)
        keys = [key for (key,) in cursor.fetchall()]
        if keys:
            for step in _STEPS:
                cursor.execute(step, [keys])
    return len(keys)
