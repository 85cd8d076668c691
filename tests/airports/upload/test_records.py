"""Rows of cells from bytes."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airports.csv import lines, records
from airports.csv.lines import CHUNK, MAX_LINE_BYTES
from airports.csv.records import QuotedRow, Records

NULL = r"\N"


class Trickle(io.BytesIO):
    """Gives few bytes at a time, however many are asked for."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 3))


def rows(content: bytes) -> list[tuple[int, list[str] | str]]:
    """Each row's line with its cells, or with the code of its fault."""
    return [
        (record.line, record.fault.code if record.fault else record.cells) for record in Records(io.BytesIO(content))
    ]


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        (b"a,b", ["a", "b"]),
        (b"\xef\xbb\xbfa,b\n", ["a", "b"]),
        (b'"a","b"\n', ["a", "b"]),
        (b'"a,b",c\n', ["a,b", "c"]),
        (b'"say ""hi""",c\n', ['say "hi"', "c"]),
        (b'"say \\"hi\\"",c\n', ['say "hi"', "c"]),
        (b'"say \\"hi\\", twice",c\n', ['say "hi", twice', "c"]),
        (b'"a\\\\",c\n', ["a\\", "c"]),
        (b'"a\\b",c\n', ["a\\b", "c"]),
        (b'"Port O\\\'Connor",c\n', ["Port O'Connor", "c"]),
        (b'"O\\\\\'C",c\n', ["O\\'C", "c"]),
        (b'"a\nb",c\n', ["a\nb", "c"]),
        (b'"a\r\nb",c\r\n', ["a\r\nb", "c"]),
        (b'"\\"\n\\"",c\n', ['"\n"', "c"]),
        (b'\\N,"\\N"\n', [NULL, NULL]),
        (b'\\N,"\\"\\N"\n', [NULL, '"\\N']),
        (b'O"Hare,b"\n', ['O"Hare', 'b"']),
        (b',"",\n', ["", "", ""]),
    ],
)
def test_a_row_is_read_as_it_is_written(content: bytes, cells: list[str]) -> None:
    assert [(line, [cell.strip("\r") for cell in row]) for line, row in rows(content)] == [(1, cells)]


@pytest.mark.parametrize("content", [b'a , "b" ,"c"\n', b'a , "b" ,"c"\r\n', b'a , "b" ,"\\"c"\r\n'])
def test_spaces_around_quotes_do_not_matter(content: bytes) -> None:
    [(_, cells)] = rows(content)
    assert [str(cell).strip().strip('"') for cell in cells] == ["a", "b", "c"]


def test_rows_are_numbered_by_the_line_on_which_they_begin() -> None:
    assert rows(b'a\n\n"b\nc"\n   \nd\n') == [(1, ["a"]), (3, ["b\nc"]), (6, ["d"])]


def test_a_line_that_is_not_utf8_is_rejected_alone() -> None:
    assert rows(b"a\n\xff,1\nb") == [(1, ["a"]), (2, "invalid_utf8"), (3, ["b"])]


@pytest.mark.parametrize("tail", [b'"b","c"\n', b'b\n"c"\n', b""])
def test_a_quote_that_is_not_closed_costs_its_own_line_only(tail: bytes) -> None:
    _, fault = rows(b'"a,1\n' + tail)[0]
    assert fault in {"unterminated_quote", "malformed_quotes"}
    assert rows(b'"a,1\n' + tail)[1:] == rows(b"\n" + tail)


def test_what_follows_a_closing_quote_is_refused() -> None:
    assert rows(b'"a"b,c\nd\n') == [(1, "malformed_quotes"), (2, ["d"])]


def test_a_quote_does_not_swallow_more_than_a_row_may_have() -> None:
    line = b"x" * 1000 + b"\n"
    found = rows(b'"open\n' + line * 40)
    assert [line for line, _ in found] == list(range(1, 42))
    assert found[0] == (1, "unterminated_quote")


def test_a_line_that_is_too_long_is_rejected_alone() -> None:
    for size in (MAX_LINE_BYTES + 1, CHUNK, 3 * CHUNK + 7):
        assert rows(b"a\n" + b"x" * size + b"\nb\n") == [(1, ["a"]), (2, "row_too_long"), (3, ["b"])]
    assert rows(b"x" * MAX_LINE_BYTES) == [(1, ["x" * MAX_LINE_BYTES])]


def test_a_line_without_an_end_is_not_kept_in_memory() -> None:
    class Endless:
        left = 200

        def read(self, size: int, /) -> bytes:
            self.left -= 1
            return b"x" * size if self.left else b""

    tracemalloc.start()
    try:
        assert [record.fault.code for record in Records(Endless()) if record.fault] == ["row_too_long"]
        assert tracemalloc.get_traced_memory()[1] < 5 * CHUNK
    finally:
        tracemalloc.stop()


def test_a_file_of_quotes_out_of_place_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_REREADS", 2)
    found = rows(b'"a"b\n' * 10)
    assert [line for line, _ in found] == [1, 2, 3]


def test_chunks_may_end_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    content = '\ufeffé,"ü\n""x"\r\nb,"c\\"d"\n'.encode()
    assert [record.cells for record in Records(Trickle(content))] == [cells for _, cells in rows(content)]
    monkeypatch.setattr(lines, "CHUNK", 1)
    assert [record.cells for record in Records(io.BytesIO(content))] == [cells for _, cells in rows(content)]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\\x00"), max_size=8)


@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), max_size=5))
def test_what_the_csv_module_writes_is_read_again(table: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    # Quoted, for spaces and for rows of empty cells.
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(table)
    assert [record.cells for record in Records(io.BytesIO(text.getvalue().encode()))] == table


@given(st.lists(st.lists(st.text('ab" ,\\\n', max_size=6), min_size=2, max_size=3), max_size=4))
def test_escaped_quotes_are_read_as_doubled_ones(table: list[list[str]]) -> None:
    escaped = [[cell.replace("\\", r"\\").replace('"', r"\"") for cell in row] for row in table]
    content = "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in escaped)
    assert [record.cells for record in Records(io.BytesIO(content.encode()))] == table


@given(st.text('ab" ,\n', max_size=12))
def test_the_quick_way_and_the_careful_one_agree(text: str) -> None:
    line = text.replace("\n", "") + ',"end"'
    quick = records._simply_quoted(line)
    careful = QuotedRow()
    if quick is not None:
        assert careful.feed(f"{line}\n")
        assert [cell.strip() for cell in careful.cells] == [cell.strip() for cell in quick]
