"""Keeps the current picture, the sums over the current imports, by adding what changed in one of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from analytics.services.counting.count_import import Segments, Spellings
from analytics.services.counting.count_ties import Ties
from analytics.services.counting.segments import columns_of

# A row goes with the last of what its first sum counts.
_MERGE = """
    MERGE INTO {table} AS picture
    USING unnest({arrays}) AS change ({keys}, {sums})
    ON {same}
    WHEN MATCHED AND picture.{first} + change.{first} = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET {added}
    WHEN NOT MATCHED THEN INSERT ({keys}, {sums}) VALUES ({values})
"""
_KEYS = {"town": "text", "age_group": "int", "channel": "text", "gender": "text"}
_COUNTS = ("residents", "courses", "buyers")
SHOWN = tuple(f"shown_{name}" for name in _COUNTS)


def _statement(table: str, keys: dict[str, str], sums: Sequence[str] = _COUNTS) -> str:
    return _MERGE.format(
        table=table,
        arrays=", ".join(f"%s::{name}[]" for name in (*keys.values(), *("bigint" for _ in sums))),
        keys=", ".join(keys),
        sums=", ".join(sums),
        first=sums[0],
        same=" AND ".join(f"picture.{key} = change.{key}" for key in keys),
        added=", ".join(f"{name} = picture.{name} + change.{name}" for name in sums),
        values=", ".join(f"change.{name}" for name in (*keys, *sums)),
    )


_CURRENT = _statement("analytics_currentsegment", _KEYS, (*_COUNTS, "squares"))
_PUBLISHED = _statement("analytics_publishedsegment", {**_KEYS, "published": "bigint"}, (*_COUNTS, *SHOWN))
_SPELLINGS = _statement(
    "analytics_spelling", {"kind": "text", "fold": "text", "spelling": "text"}, ("delivered", "residents")
)

_TIES = _statement("analytics_currenttie", {"agrees": "int", **_KEYS}, ("pairs", "courses", "others", "products"))

_Sums = defaultdict[tuple[Any, ...], list[int]]


class PictureChange:
    """What is to be added to the current picture, collected over the imports that change it."""

    def __init__(self) -> None:
        self._current: _Sums = defaultdict(lambda: [0, 0, 0, 0])
        self._published: _Sums = defaultdict(lambda: [0, 0, 0, 0, 0, 0])
        self._spellings: _Sums = defaultdict(lambda: [0, 0])
        self._ties: _Sums = defaultdict(lambda: [0, 0, 0, 0])

    def replace(self, old: Segments, new: Segments) -> None:
        """An import whose segments were `old` has the segments `new`."""
        for segments, others, sign in ((old, new, -1), (new, old, 1)):
            for key, values in segments.items():
                if others.get(key) != values:
                    *counts, squares, published = values
                    _add(self._current[key], (*counts[:3], squares), sign)
                    _add(self._published[*key, published], counts, sign)

    def spell(self, spellings: Spellings, *, delivered: int = 0, current: int = 0) -> None:
        """So many times more residents, 1 or -1, have these spellings in all deliveries, and in the current ones."""
        for key, residents in spellings.items():
            sums = self._spellings[key]
            sums[0] += delivered * residents
            sums[1] += current * residents

    def tie(self, old: Ties, new: Ties) -> None:
        """An import whose ties were `old` has the ties `new`."""
        for ties, others, sign in ((old, new, -1), (new, old, 1)):
            for key, values in ties.items():
                if others.get(key) != values:
                    _add(self._ties[key], values, sign)

    def write(self) -> None:
        """Adds it. The caller is the only writer, in the transaction in which the segments are written."""
        tables = (
            (_CURRENT, self._current),
            (_PUBLISHED, self._published),
            (_SPELLINGS, self._spellings),
            (_TIES, self._ties),
        )
        for statement, sums in tables:
            changed = [(*key, *values) for key, values in sums.items() if any(values)]
            with connection.cursor() as cursor:
                for columns in columns_of(changed):
                    cursor.execute(statement, columns)


def _add(sums: list[int], values: Iterable[int], sign: int) -> None:
    for number, value in enumerate(values):
        sums[number] += sign * value
