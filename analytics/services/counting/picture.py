"""Keeps the current picture, the sums over the current imports, by adding what changed in one of them."""

from collections import defaultdict
from typing import Any

from django.db import connection

from analytics.services.counting.count_import import Segments
from analytics.services.counting.segments import columns_of

_MERGE = """
    MERGE INTO {table} AS picture
    USING unnest({arrays}) AS change ({keys}, residents, courses, buyers)
    ON {same}
    WHEN MATCHED AND picture.residents + change.residents = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET residents = picture.residents + change.residents,
        courses = picture.courses + change.courses, buyers = picture.buyers + change.buyers
    WHEN NOT MATCHED THEN INSERT ({keys}, residents, courses, buyers)
        VALUES ({values}, change.residents, change.courses, change.buyers)
"""
_KEYS = {"town": "text", "age_group": "int", "channel": "text", "gender": "text"}


def _statement(table: str, keys: dict[str, str]) -> str:
    types = [*keys.values(), "bigint", "bigint", "bigint"]
    return _MERGE.format(
        table=table,
        arrays=", ".join(f"%s::{name}[]" for name in types),
        keys=", ".join(keys),
        same=" AND ".join(f"picture.{key} = change.{key}" for key in keys),
        values=", ".join(f"change.{key}" for key in keys),
    )


_CURRENT = _statement("analytics_currentsegment", _KEYS)
_PUBLISHED = _statement("analytics_publishedsegment", {**_KEYS, "published": "bigint"})

_Sums = defaultdict[tuple[Any, ...], list[int]]


class PictureChange:
    """What is to be added to the current picture, collected over the imports that change it."""

    def __init__(self) -> None:
        self._current: _Sums = defaultdict(lambda: [0, 0, 0])
        self._published: _Sums = defaultdict(lambda: [0, 0, 0])

    def replace(self, old: Segments, new: Segments) -> None:
        """An import whose segments were `old` has the segments `new`."""
        self._add(old, -1)
        self._add(new, 1)

    def write(self) -> None:
        """Adds it. The caller is the only writer, in the transaction in which the segments are written."""
        for statement, sums in ((_CURRENT, self._current), (_PUBLISHED, self._published)):
            changed = [(*key, *values) for key, values in sums.items() if any(values)]
            with connection.cursor() as cursor:
                for columns in columns_of(changed):
                    cursor.execute(statement, columns)

    def _add(self, segments: Segments, sign: int) -> None:
        for key, (residents, courses, buyers, published) in segments.items():
            for sums in (self._current[key], self._published[*key, published]):
                sums[0] += sign * residents
                sums[1] += sign * courses
                sums[2] += sign * buyers
