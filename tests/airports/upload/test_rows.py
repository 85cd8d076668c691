"""Cells as values: columns, nulls, guards, rules."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airports.csv.cells import Memory, written
from airports.csv.layout import BadHeader
from airports.csv.rejections import Rejection, Rejections
from airports.csv.rows import CsvRows
from airports.fields import NAMES
from config.common.http.tables import csv_lines

PLAIN = "Valencia Airport,Valencia,Spain,VLC,LEVC,39.4893,-0.481625,240,1,E,Europe/Madrid,airport,OurAirports"
GOOD = "\t".join(PLAIN.replace("240,1,", "240.0,1.0,").split(","))
HEADER = ",".join(NAMES)


def read(text: str) -> tuple[list[str], list[tuple[int, str | None, str]]]:
    """The lines for COPY, and what was rejected."""
    rejections = Rejections()
    content = b"".join(CsvRows(io.BytesIO(text.encode()), rejections).chunks()).decode()
    found = [(rejection.line, rejection.column, rejection.code) for rejection in rejections.listed()]
    return content.splitlines(), found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (PLAIN, 1),
        (f"507,{PLAIN}", 1),
        (f"{HEADER}\n{PLAIN}", 2),
        (f"{HEADER.upper()}\r\n{PLAIN}\r\n", 2),
        (f"id,{HEADER}\n507,{PLAIN}\n", 2),
        (f'" Id ",{HEADER.title()}\nnot a number,{PLAIN}\n', 2),
        (",".join(reversed(HEADER.split(","))) + "\n" + ",".join(reversed(PLAIN.split(","))), 2),
        (f"\ufeff{HEADER}\n{PLAIN}", 2),
        (f"\n\n{HEADER}\n\n{PLAIN}", 5),
        (",".join(f" {cell} " for cell in PLAIN.split(",")), 1),
        (",".join(f'" {cell} "' for cell in PLAIN.split(",")), 1),
        (PLAIN.replace("VLC", "vlc").replace("LEVC", "levc").replace(",E,", ",e,"), 1),
        (PLAIN.replace("39.4893", "+39.48930"), 1),
    ],
)
def test_every_layout_gives_the_same_row(text: str, line: int) -> None:
    assert read(text) == ([f"{line}\t{GOOD}"], [])


def test_a_null_is_empty_or_a_backslash_and_an_n() -> None:
    row = r'Name,\N,"\N",, \N ,1,2,\N,"",\N,,"\N"," \N "'
    assert read(row) == (["1\tName\t\t\t\t\t1.0\t2.0\t\t\t\t\t\t"], [])


def test_required_fields_may_not_be_null() -> None:
    row = r"\N,,,,,\N,,,,,,,"
    assert read(row)[1] == [(1, "name", "required"), (1, "latitude", "required"), (1, "longitude", "required")]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("'=A1", "=A1"),
        ("'+1", "+1"),
        ("'-x", "-x"),
        ("'@x", "@x"),
        ("' =x", "' =x"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("''=x", "'=x"),
        (r"a\b", r"a\\b"),
        ('"a\tb"', r"a\tb"),
        ('"a\nb\r\nc"', r"a\nb\r\nc"),
    ],
)
def test_a_text_is_written_for_copy_without_its_guard(cell: str, value: str) -> None:
    assert read(f"{cell},,,,,1,2,,,,,,")[0] == [f"1\t{value}\t\t\t\t\t1.0\t2.0\t\t\t\t\t\t"]


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("name", "x" * 257, "too_long"),
        ("name", "a\0b", "invalid_characters"),
        ("iata", "ABCD", "invalid_code"),
        ("icao", "AB", "invalid_code"),
        ("latitude", "90.1", "out_of_range"),
        ("latitude", "nan", "invalid_number"),
        ("longitude", "'-10", "invalid_number"),
        ("altitude", "1e999", "out_of_range"),
        ("timezone", "15", "out_of_range"),
        ("dst", "X", "invalid_choice"),
        ("tz", "Europe/Nowhere", "unknown_timezone"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_named(name: str, cell: str, code: str) -> None:
    cells = PLAIN.split(",")
    cells[NAMES.index(name)] = cell
    assert read(f"{PLAIN}\n{','.join(cells)}\n{PLAIN}") == ([f"1\t{GOOD}", f"3\t{GOOD}"], [(2, name, code)])


def test_every_offending_cell_of_a_row_is_named() -> None:
    assert read("x,,,,,91,181,,,,,,")[1] == [(1, "latitude", "out_of_range"), (1, "longitude", "out_of_range")]


@pytest.mark.parametrize(
    "text", [f"{PLAIN},more", PLAIN.partition(",")[2], f"Valencia,{PLAIN}", f"{PLAIN}\n7,{PLAIN}", "x"]
)
def test_a_wrong_number_of_cells_is_rejected(text: str) -> None:
    assert read(text)[1] == [(len(text.splitlines()), None, "wrong_number_of_cells")]


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        (HEADER.replace("city", "town"), [("town", "unknown_column"), ("city", "missing_column")]),
        (f"id,{HEADER.replace('id,', '', 1)},ID", [("id", "repeated_column")]),
        (HEADER.replace("city", "name"), [("name", "repeated_column"), ("city", "missing_column")]),
        (HEADER.replace(",city", ""), [("city", "missing_column")]),
        (f"{HEADER},Runways", [("runways", "unknown_column")]),
    ],
)
def test_a_header_names_each_column_once(header: str, wrong: list[tuple[str, str]]) -> None:
    with pytest.raises(BadHeader) as refused:
        read(f"{header}\n{PLAIN}")
    assert [(r.line, r.column, r.code) for r in refused.value.rejections] == [(1, *each) for each in wrong]


def test_an_empty_file_has_no_rows() -> None:
    assert read("") == read("\ufeff") == read(HEADER) == read("\n\n") == ([], [])


def test_the_first_hundred_rejections_are_listed_by_line() -> None:
    rejections = Rejections()
    for line in [*range(300, 0, -2), *range(1, 300, 2)]:
        rejections.add(Rejection(line, None, "code", "detail"))
    assert [rejection.line for rejection in rejections.listed()] == list(range(1, 101))
    assert (rejections.count, rejections.more) == (300, 200)


def test_memory_forgets_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airports.csv.cells._MEMORY", 2)
    memory = Memory(str.upper)
    assert [memory[cell] for cell in "abca"] == ["A", "B", "C", "A"]
    assert len(memory) <= 2


# Spaces around texts are not stored, and no stored text is the sign of a null.
STORED = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=8).filter(
    lambda text: text == text.strip() and text != r"\N"
)


def _to_metres(degrees: float) -> float:
    return round(degrees, 5) + 0.0


@given(st.lists(st.tuples(STORED, st.none() | STORED, st.floats(-90, 90).map(_to_metres)), max_size=4))
def test_what_an_export_writes_is_read_again(airports: list[tuple[str, str | None, float]]) -> None:
    def row(name: str, city: str | None, latitude: float) -> list[object]:
        return [written(name), city and written(city), *[None] * 3, latitude, 0.0, *[None] * 6]

    text = "".join(csv_lines(NAMES, [row(*airport) for airport in airports]))
    rejections = Rejections()
    content = b"".join(CsvRows(io.BytesIO(text.encode()), rejections).chunks()).decode()
    assert rejections.count == 0
    cells = [line.split("\t") for line in content.split("\n")[:-1]]
    assert [(unescape(c[1]), unescape(c[2]) or None, float(c[6])) for c in cells] == airports


def unescape(text: str) -> str:
    """A text as COPY reads it."""
    for escape, character in (("\\\\", "\0"), ("\\t", "\t"), ("\\n", "\n"), ("\\r", "\r"), ("\0", "\\")):
        text = text.replace(escape, character)
    return text
