"""Residents as a workbook: what a cell means, and what is refused before it takes memory."""

import io
import re
import struct
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, BadZipFile, ZipFile

import pytest
from python_calamine import CalamineError

from config.common.problems import InvalidInput, Problem, TooLarge
from config.common.tabular import read_workbook as module
from imports.documents.workbook_table import WorkbookReader
from imports.fields import NAMES
from tests.imports.documents.tables import read, read_xlsx, rows_of, whole, xlsx_of

HEADER = list(NAMES)


def row(**cells: Any) -> list[Any]:
    """The cells of a valid resident, some of them others."""
    return [(whole() | {"friends": "", "relatives": ""} | cells)[name] for name in NAMES]


def refused(body: bytes, **options: Any) -> Problem:
    with pytest.raises((InvalidInput, TooLarge)) as refusal:
        read(body, kind=WorkbookReader, **options)
    return refusal.value


def patched(
    pattern: bytes, replacement: bytes, *, compression: int = ZIP_DEFLATED, rows: list[list[Any]] | None = None
) -> bytes:
    """A workbook, of one resident where nothing else is said, its sheet written otherwise."""
    source, target = ZipFile(io.BytesIO(xlsx_of(rows or rows_of(whole())))), io.BytesIO()
    with ZipFile(target, "w", compression) as archive:
        for name in source.namelist():
            content = source.read(name)
            archive.writestr(name, re.sub(pattern, replacement, content) if "sheet1" in name else content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("cells", "read_as"),
    [
        ({"citizen_id": 7.0}, {"citizen_id": 7}),
        ({"citizen_id": "7"}, {"citizen_id": 7}),
        ({"apartment": 0}, {"apartment": 0}),
        ({"building": 22}, {"building": "22"}),
        ({"building": 22.5}, {"building": "22.5"}),
        ({"name": 10**15}, {"name": "1000000000000000"}),
        ({"name": " a\tb\nc "}, {"name": " a\tb\nc "}),
        ({"name": "'=1"}, {"name": "'=1"}),
        ({"name": "_x0001_7"}, {"name": "\x017"}),
        ({"relatives": 7.0}, {"relatives": [7]}),
        ({"relatives": "2, 3;4"}, {"relatives": [2, 3, 4]}),
        ({"birth_date": date(1986, 12, 26)}, {"birth_date": "26.12.1986"}),
        ({"birth_date": datetime(1986, 12, 26)}, {"birth_date": "26.12.1986"}),  # noqa: DTZ001 - as Excel has it
        ({"birth_date": "1986-12-26"}, {"birth_date": "26.12.1986"}),
        ({"gender": "Mujer"}, {"gender": "female"}),
        ({"channel": None}, {"channel": "unknown"}),
        ({"channel": 7}, {"channel": "7"}),
    ],
)
def test_a_cell_means_what_people_mean(cells: dict[str, Any], read_as: dict[str, Any]) -> None:
    assert read_xlsx([HEADER, row(**cells)]) == ([whole(**read_as)], [])


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"citizen_id": 7.5}, "invalid_type"),
        ({"citizen_id": True}, "invalid_type"),
        ({"citizen_id": -1}, "out_of_range"),
        ({"apartment": 2**53}, "invalid_type"),
        ({"apartment": 1e300}, "invalid_type"),
        ({"relatives": 1.2}, "invalid_type"),
        ({"relatives": "1.2"}, "invalid_type"),
        ({"building": date(2026, 2, 16)}, "invalid_type"),
        ({"name": True}, "invalid_type"),
        ({"birth_date": 31772}, "invalid_date"),
        ({"birth_date": time(1, 2)}, "invalid_type"),
        ({"birth_date": datetime(1986, 12, 26, 1)}, "invalid_type"),  # noqa: DTZ001 - as Excel has it
        ({"gender": 1}, "invalid_choice"),
        ({"town": None}, "required"),
    ],
)
def test_a_cell_that_can_only_be_a_mistake_is_named_by_row_and_column(cells: dict[str, Any], code: str) -> None:
    (name,) = cells
    found = read_xlsx([[], HEADER, [], row(citizen_id=9), row(**cells)])[1]
    assert [(place.split("/")[:2], at) for place, at in found] == [(["row 5", name], code)]


def test_rows_come_from_the_first_sheet_or_the_one_that_is_named() -> None:
    body = xlsx_of(rows_of(whole()), title="Vecinos", before=["Notas"])
    assert read(body, kind=WorkbookReader) == ([], [])
    assert read(body, kind=WorkbookReader, sheet="Vecinos") == ([whole()], [])
    assert refused(body, sheet="Hoja").errors[0].code == "unknown_sheet"


def test_more_than_one_batch_is_read_in_its_order() -> None:
    people = [whole(number) for number in range(1_200)]
    assert read_xlsx(rows_of(*people)) == (people, [])


@pytest.mark.parametrize(
    "body",
    [
        b"PK\x03\x04",
        b"citizen_id",
        b"\xd0\xcf\x11\xe0" * 100,
        xlsx_of(rows_of(whole()))[:-40],
        # Of an archive whose sums are not those of what it holds; letters beyond ASCII may be written as numbers.
        patched(b"", b"", compression=0).replace(b"26.12.1986", b"26.12.1985"),
    ],
)
def test_what_is_no_workbook_is_refused_in_a_sentence(body: bytes) -> None:
    (error,) = refused(body).errors
    assert (error.code, "Save it as XLSX" in error.detail) == ("malformed_workbook", True)


def changed(*places: tuple[int, bytes]) -> bytes:
    """A workbook with other bytes at these places of its last member's entry in the directory of the archive."""
    body = bytearray(xlsx_of(rows_of(whole())))
    start = body.rfind(b"PK\x01\x02")
    for place, content in places:
        body[start + place : start + place + len(content)] = content
    return bytes(body)


DATE = rows_of(whole(birth_date=date(1986, 12, 26)))
DURATION = rows_of(whole(birth_date=timedelta(days=1.5)))
# What reading a file raises that is damaged, or whose writer lied: each can really be met.
BROKEN = {
    "no archive": (b"PK\x03\x04", BadZipFile),
    "an archive of a version to come": (changed((6, b"\xff\x00")), NotImplementedError),  # by zipfile, and refused
    "a name that is not in UTF-8 as is said": (
        changed((8, b"\x00\x08"), (46, b"\xff")),
        UnicodeDecodeError,
    ),
    "a member that is said to be where nothing is": (changed((42, b"\xff\xff\xff\x7f")), struct.error),
    "a member that is compressed otherwise than is said": (patched(b"", b"", compression=ZIP_BZIP2), zlib.error),
    "a sheet that is no XML": (patched(b"</c>", b"</d>"), CalamineError),
    "a duration too long for Python": (
        patched(b"<v>1.5</v>", b"<v>1e300</v>", rows=DURATION),
        OverflowError,
    ),
}


@pytest.mark.parametrize(("body", "cause"), BROKEN.values(), ids=BROKEN)
def test_whatever_reading_it_raises_the_refusal_is_the_same(body: bytes, cause: type[Exception]) -> None:
    refusal = refused(body)
    assert [error.code for error in refusal.errors] == ["malformed_workbook"]
    assert isinstance(refusal.__cause__, cause)


def test_a_date_at_which_the_library_panics_is_refused_as_well() -> None:
    refusal = refused(patched(b"<v>31772</v>", b"<v>-1e300</v>", rows=DATE))
    assert [error.code for error in refusal.errors] == ["malformed_workbook"]
    assert not isinstance(refusal.__cause__, Exception)


@pytest.mark.parametrize("compression", [0, ZIP_DEFLATED])
def test_far_cells_are_refused_before_room_is_laid_out_for_them(compression: int) -> None:
    assert refused(patched(b'r="A2"', b'r="XFD2"', compression=compression)).errors[0].code == "too_many_cells"
    assert refused(patched(b'r="A2"', b'r="BA2"', compression=compression)).errors[0].code == "too_many_cells"
    assert "as CSV" in refused(patched(b'r="A2"', b'r="A1048576"', compression=compression)).detail
    empty = patched(b'<c r="A2"', b'<c r="XFD2" s="0"/><c r="A2"', compression=compression)
    assert read(empty, kind=WorkbookReader) == ([whole()], [])


@pytest.mark.parametrize(
    "attributes",
    [b"r='ZZ2'", b'r = "ZZ2"', b'r="zz2"', b'\tr="ZZ2"', b's="0" r="ZZ2"', b's=">" r="ZZ2"', b's="0"r="ZZ2"', b's="0"',
     b'r="ZZ2" s="' + b" " * 2_000_000 + b'"', b'  s="' + b" " * 2_000_000 + b'" r="ZZ2"'],
    ids=["single quotes", "spaces", "small letters", "a tab", "not first", "a bracket", "no space", "no place",
         "far from its end", "late"],
)  # fmt: skip
@pytest.mark.parametrize("name", [b"c", b"x:c"])
def test_a_far_cell_is_seen_however_it_is_written(attributes: bytes, name: bytes) -> None:
    body = patched(b'<c r="A2"([^>]*)>(.*?)</c>', b"<" + name + b" " + attributes + b"\\1>\\2</" + name + b">")
    assert refused(body).errors[0].code == "too_many_cells"


def test_a_tag_may_not_be_endless() -> None:
    body = patched(b'<c r="A2"', b'<c r="A2" s="' + b" " * 4_000_000 + b'"')
    assert refused(body).errors[0].code == "malformed_workbook"


def test_a_cell_may_be_cut_anywhere_between_two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for step in (1, 7, 50):
        monkeypatch.setattr(module, "_STEP", step)
        assert read(xlsx_of(rows_of(whole())), kind=WorkbookReader) == ([whole()], [])
        assert refused(patched(b'r="A2"', b'r="BA2"')).errors[0].code == "too_many_cells"


def test_what_unpacks_to_too_much_is_refused_whatever_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MAX_UNPACKED", 100_000)
    body = bytearray(patched(b"</sheetData>", b"</sheetData>" + b" " * 200_000))
    real = len(ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml")).to_bytes(4, "little")
    lying = bytes(body).replace(real, (1_000).to_bytes(4, "little"))
    assert isinstance(refused(lying), TooLarge)


def test_there_is_a_limit_to_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WorkbookReader, "most_rows", 2)
    assert len(read_xlsx(rows_of(whole(1), whole(2)))[0]) == 2
    assert "as CSV there may be any number" in refused(xlsx_of(rows_of(whole(1), whole(2), whole(3)))).detail


def test_nothing_is_a_delivery_of_nobody() -> None:
    for body in (b"", xlsx_of([]), xlsx_of([HEADER]), xlsx_of([[], ["", " "]])):
        assert read(body, kind=WorkbookReader) == ([], [])
