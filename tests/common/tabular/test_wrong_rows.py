"""Rows on their way to somebody who mends them, and back."""

import io

from hypothesis import given
from hypothesis import strategies as st

from config.common.tabular.read_workbook import Workbook, cell_text
from config.common.tabular.workbook import write_workbook
from config.common.tabular.wrong_rows import LONGEST_CELL, WHY, header_of, is_why, with_reasons

# All that UTF-8 can write, formulas and what looks like escapes, numbers and dates among it.
ODD = [
    "=1+1",
    "'=1",
    "-5",
    "+1",
    "@x",
    "\t",
    "\r\n",
    "_x0041_",
    "_x005F_",
    "1e5",
    "007",
    "31.02.1990",
    "TRUE",
    "\x00",
    " ",
]
HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(ODD)


def through_a_workbook(header: list[str], rows: list[list[str]]) -> list[list[str]]:
    file = io.BytesIO()
    write_workbook(file, title="rows", header=header, rows=rows)
    book = Workbook(file.getvalue())
    assert book.sheets == ["rows"]
    return [[cell_text(cell) for cell in row] for row in book.rows()]


@given(st.lists(st.lists(HOSTILE, min_size=3, max_size=3), max_size=5))
def test_every_value_comes_back_as_it_was(rows: list[list[str]]) -> None:
    columns = ["a", "b", "c"]
    table = list(with_reasons(columns, ((row, "why") for row in rows)))
    back = through_a_workbook(header_of(columns), table)
    assert back == [[*columns, WHY], *([*row, "why"] for row in rows)]


def test_the_reasons_of_the_last_time_do_not_come_back() -> None:
    columns = ["a", " what IS wrong ", "b"]
    assert header_of(columns) == ["a", "b", WHY]
    assert list(with_reasons(columns, [(["1", "old", "2"], "new"), (["1"], "short")])) == [
        ["1", "2", "new"], ["1", "", "short"],
    ]  # fmt: skip
    assert not is_why("wrong")


def test_what_stands_beyond_the_columns_stands_in_the_reason() -> None:
    assert list(with_reasons(["a"], [(["1", "", "x", "y"], "Too many.")])) == [
        ["1", "Too many. Beyond the columns: x | y"]
    ]


def test_a_cell_that_excel_would_refuse_is_cut_and_shows_it() -> None:
    ((cell, _),) = with_reasons(["a"], [(["7 " * LONGEST_CELL], "why")])
    assert (len(cell), cell[-1]) == (LONGEST_CELL, "…")
