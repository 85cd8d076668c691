"""The text that PostgreSQL's COPY reads."""

from typing import Any

import pytest

from imports.documents.copy import ROWS_IN_CHUNK, copy_rows
from imports.documents.structs import Resident
from tests.imports.documents.builders import citizen


def copied(*citizens: dict[str, Any]) -> str:
    return b"".join(copy_rows([Resident(**one) for one in citizens], 7)).decode()


def test_a_citizen_is_a_line_of_columns() -> None:
    assert copied(citizen(1, relatives=[2, 3], friends=[4], channel="radio"), citizen(2)) == (
        "7\t1\tМосква\tЛьва Толстого\t16к7стр5\t7\tИванов Иван Иванович\t1986-12-26\tmale\t{2, 3}\t{4}\tradio\n"
        "7\t2\tМосква\tЛьва Толстого\t16к7стр5\t7\tИванов Иван Иванович\t1986-12-26\tmale\t{}\t{}\tunknown\n"
    )


@pytest.mark.parametrize("field", ["town", "street", "building", "name", "channel"])
@pytest.mark.parametrize(
    ("character", "escape"),
    [
        pytest.param("\\", "\\\\", id="backslash"),
        pytest.param("\t", "\\t", id="tab"),
        pytest.param("\n", "\\n", id="line feed"),
        pytest.param("\r", "\\r", id="carriage return"),
    ],
)
def test_a_character_that_copy_acts_on_is_escaped(field: str, character: str, escape: str) -> None:
    plain = copied(citizen(1), citizen(2, **{field: "aXb"}), citizen(3))
    assert copied(citizen(1), citizen(2, **{field: f"a{character}b"}), citizen(3)) == plain.replace(
        "aXb", f"a{escape}b"
    )


def test_null_and_end_of_data_marks_are_escaped() -> None:
    assert copied(citizen(1, name="\\N", town="\\.a")).split("\t")[2:7:4] == ["\\\\.a", "\\\\N"]


def test_rows_come_in_chunks_and_none_is_lost() -> None:
    citizens = [Resident(**citizen(number)) for number in range(ROWS_IN_CHUNK * 2 + 1)]
    chunks = list(copy_rows(citizens, 7))
    ids = [int(line.split("\t")[1]) for chunk in chunks for line in chunk.decode().splitlines()]
    assert [chunk.count(b"\n") for chunk in chunks] == [ROWS_IN_CHUNK, ROWS_IN_CHUNK, 1]
    assert ids == list(range(ROWS_IN_CHUNK * 2 + 1))


def test_no_citizens_are_no_chunks() -> None:
    assert list(copy_rows([], 7)) == []
