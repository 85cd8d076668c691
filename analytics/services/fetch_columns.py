"""Reads statements of many rows, column by column."""

from collections.abc import Collection, Sequence
from secrets import token_hex
from typing import Any

import numpy as np
from django.db import connection

from analytics.arrays import Column, Ints


def fetch_columns(sql: str, values: dict[str, Any], *, names: Sequence[str], texts: Collection[str]) -> dict[str, Any]:
    """Reads the columns `names` of a statement: a `Column` for those that are `texts`, arrays of whole numbers else.

    They come as a single row of long texts, because to make a tuple of each of twenty thousand rows takes as long as to
    find them, and PostgreSQL's arrays quote each of their texts. There may be no null among the values.
    """
    # Nobody knows it before, so no text holds it. Its first character is nowhere else in it, so the end of a text and
    # its beginning do not make another one.
    mark = f"\x1f{token_hex(4)}"
    packed = [f"string_agg({name}::text, {'%(mark)s' if name in texts else repr(',')})" for name in names]
    with connection.cursor() as cursor:
        # The names are those of a statement of ours.
        whole = f"SELECT {', '.join(packed)} FROM ({sql}) AS found"  # nosec B608 # values are parameters
        cursor.execute(whole, values | {"mark": mark})
        row = cursor.fetchall()[0]
    return {name: _split(value, mark if name in texts else None) for name, value in zip(names, row, strict=True)}


def _split(column: str | None, mark: str | None) -> Column[str] | Ints:
    """Splits texts with `mark` between them, else numbers with commas; None: there is no row."""
    if mark is None:
        return np.fromstring(column or "", dtype=np.int64, sep=",")
    return Column.of([] if column is None else column.split(mark))
