"""Columns of few values are the rows that they were made of."""

from operator import itemgetter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.arrays import Column, combined

texts = st.lists(st.sampled_from(["", "a", "B", "ab", "ñ", None]), max_size=20)


@given(texts, texts)
def test_a_column_has_its_rows_whatever_is_done_with_it(rows: list[str | None], more: list[str | None]) -> None:
    column = Column.of(rows)
    assert ([*column], len(column)) == (rows, len(rows))
    assert [column[row] for row in range(len(rows))] == rows
    assert len(column.values) == len(set(rows))
    joined = Column.joined([column, Column.of(more)])
    assert [*joined] == [*rows, *more]
    assert joined.numbers.tolist() == Column.of([*rows, *more]).numbers.tolist()
    assert [*Column.joined([])] == []


@given(texts)
def test_values_that_are_called_the_same_are_one(rows: list[str | None]) -> None:
    renamed = Column.of(rows).renamed(lambda value: (value or "").lower()[:1])
    called = [(value or "").lower()[:1] for value in rows]
    assert ([*renamed], renamed.values) == (called, list(dict.fromkeys(called)))
    assert renamed.flags("a".__eq__).tolist() == [value == "a" for value in called]


@given(texts)
def test_ranks_sort_the_rows(rows: list[str | None]) -> None:
    ranks = Column.of(rows).ranks(lambda value: (value is None, value or ""))
    expected = sorted(rows, key=lambda value: (value is None, value or ""))
    assert [rows[row] for row in np.argsort(ranks, kind="stable")] == expected
    assert len(set(zip(rows, ranks.tolist(), strict=True))) == len(set(ranks.tolist())) == len(set(rows))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3) | st.integers(0, 10**12)), max_size=20))
def test_rows_of_the_same_keys_have_the_same_number(rows: list[tuple[int, int]]) -> None:
    number = combined([np.array(list(map(itemgetter(side), rows)), dtype=np.int64) for side in (0, 1)], rows=len(rows))
    assert sorted(set(number.tolist())) == list(range(len(set(rows))))
    assert len({*zip(rows, number.tolist(), strict=True)}) == len(set(rows))
