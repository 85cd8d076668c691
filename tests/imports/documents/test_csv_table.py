"""Residents as CSV: what is read, however it is written, and what each refusal names."""

from typing import Any

import pytest
from hypothesis import given, settings

from config.common.problems import InvalidInput
from config.common.tabular.guards import guarded
from imports.documents.csv_table import CsvReader
from imports.documents.options import TableOptions
from imports.documents.words import column_names, folded, gender_words, words
from imports.fields import NAMES
from tests.imports.documents.builders import RULES
from tests.imports.documents.tables import csv_of, read, rows_of, whole
from tests.imports.documents.test_agreement import valid_citizens

ANNA, PETRO = whole(1, relatives=[2], name="Анна"), whole(2, relatives=[1], name='a,b;"c"\r\nd', building="22")
HEADER = list(NAMES)
PLAIN = {"friends": "", "channel": "", "relatives": ""}


def row(**cells: object) -> list[object]:
    """The cells of a valid resident, some of them others."""
    return [(whole() | PLAIN | cells)[name] for name in NAMES]


def refused(body: bytes, **options: Any) -> list[tuple[str, str]]:
    """Pointer and detail of what ends the reading of a table."""
    with pytest.raises(InvalidInput) as refusal:
        read(body, **options)
    return [(error.pointer, error.detail) for error in refusal.value.errors]


def details(body: bytes) -> list[tuple[str, str]]:
    """Pointer and detail of each error of the residents."""
    reader = CsvReader([body], rules=RULES)
    assert all(not batch for batch in reader.sound()) or not reader.is_sound
    list(reader.outlines())
    return [(error.pointer, error.detail) for error in reader.errors.errors]


@pytest.mark.parametrize("size", [1, 7, 100_000])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-mark", "cp1251"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_however_its_text_is_kept(delimiter: str, encoding: str, size: int) -> None:
    text = csv_of(rows_of(ANNA, PETRO), delimiter=delimiter).decode()
    body = ("\ufeff" + text).encode("utf-16-be") if encoding == "utf-16-be-mark" else text.encode(encoding)
    assert read(body, size=size) == ([ANNA, PETRO], [])


def test_the_first_line_may_say_the_delimiter_as_excel_does() -> None:
    body = b"sep=;\r\n" + csv_of([HEADER, row(citizen_id="x")], delimiter=";")
    assert read(body)[1] == [("line 3/citizen_id", "invalid_type")]


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_windows_1252_is_seen_whichever_way_the_bytes_come(size: int) -> None:
    people = [whole(number, town="Málaga", street="Cañón", name="Ñandú") for number in range(40)]
    ascii_first = [whole(number, town="x", street="x", name="x", building="1") for number in range(100, 140)]
    body = csv_of(rows_of(*ascii_first, *(one | {"building": "1"} for one in people)), encoding="cp1252")
    assert [one["town"] for one in read(body, size=size)[0]][-1] == "Málaga"


def test_what_is_said_counts_where_it_is_not_certain() -> None:
    body = csv_of(rows_of(whole(name="Łódź", town="x", street="x", building="1")), encoding="cp1250")
    ((place, detail),) = refused(body)
    assert (place, "Windows-1252" in detail, "CSV UTF-8" in detail) == ("line 2", True, True)
    assert read(body, encoding="cp1252")[0][0]["name"] == "£ódŸ"


def test_bytes_that_are_not_in_the_encoding_that_was_said_are_named() -> None:
    body = csv_of(rows_of(whole())).decode().encode("utf-16-le") + b"\n"
    assert refused(body, encoding="utf-16-le") == [("line 3", "What stands here is not utf-16.")]
    assert refused(csv_of([["a"], ["\u0098"]], encoding="latin-1"), encoding="cp1251")[0][0] == "line 2"


def test_single_damaged_lines_of_utf_8_are_named() -> None:
    body = csv_of(rows_of(ANNA, whole(2), whole(3))).replace("Москва".encode(), b"\xd0\xff", 1)
    assert details(body) == [("line 2", "The line is not UTF-8.")]


@pytest.mark.parametrize(
    ("field", "language", "word"),
    [(field, language, word) for field, all_ in words()["columns"].items() for language, some in all_.items()
     for word in some],
)  # fmt: skip
def test_every_word_names_its_column_in_any_case(field: str, language: str, word: str) -> None:
    for spelt in (word, word.upper(), f" {word.title()} ", word.replace(" ", "_")):
        header = [spelt if name == field else name for name in reversed(NAMES)]
        assert read(csv_of([header, rows_of(ANNA, PETRO)[1][::-1], rows_of(PETRO)[1][::-1]]))[0] == [ANNA, PETRO]


def test_no_word_has_two_meanings() -> None:
    for part, meanings in (("columns", column_names()), ("genders", gender_words())):
        said = {
            (value, folded(word)) for value, all_ in words()[part].items() for some in all_.values() for word in some
        }
        assert len(said) == len(meanings)
    assert set(words()["columns"]) == set(NAMES)


@pytest.mark.parametrize(
    ("gender", "word"),
    [(gender, word) for gender, all_ in words()["genders"].items() for some in all_.values() for word in some],
)
def test_every_word_is_its_gender(gender: str, word: str) -> None:
    for spelt in (word, word.upper(), f" {word} "):
        assert [one["gender"] for one in read(csv_of([HEADER, row(gender=spelt)]))[0]] == [gender]


@pytest.mark.parametrize(
    ("letters", "genders"),
    [
        ("MF", ["male", "female"]),
        ("HM", ["male", "female"]),
        ("mh", ["female", "male"]),
        ("MM", ["male", "male"]),
        ("HH", ["male", "male"]),
        ("MFM", ["male", "female", "male"]),
    ],
)
def test_letters_mean_what_they_mean_together(letters: str, genders: list[str]) -> None:
    body = csv_of([HEADER, *(row(citizen_id=number, gender=letter) for number, letter in enumerate(letters))])
    assert ([one["gender"] for one in read(body)[0]], read(body)[1]) == (genders, [])


def test_what_m_means_may_be_seen_late() -> None:
    letters = ["hombre", *"M" * 1_500, "male", "H", "M"]
    body = csv_of([HEADER, *(row(citizen_id=number, gender=letter) for number, letter in enumerate(letters))])
    expected = ["male", *["female"] * 1_500, "male", "male", "female"]
    assert [one["gender"] for one in read(body)[0]] == expected


def test_h_m_and_f_together_are_ambiguous_where_the_third_one_stands() -> None:
    letters = ["H", "M", *["male"] * 700, "F", "F"]
    body = csv_of([HEADER, *(row(citizen_id=number, gender=letter) for number, letter in enumerate(letters))])
    assert read(body)[1] == [("line 704/gender", "ambiguous_gender")]


def test_without_friends_channel_and_relatives_there_are_none() -> None:
    header = HEADER[:-3]
    (found,) = read(csv_of([header, row()[:-3]]))[0]
    assert (found["relatives"], found["friends"], found["channel"]) == ([], [], "unknown")


@pytest.mark.parametrize("ids", ["2 3", "2,3", "2;3", "2, 3", " 2 ;3; ", "2\u00a03"])
def test_ids_are_separated_as_people_do(ids: str) -> None:
    assert read(csv_of([HEADER, row(relatives=ids)]))[0][0]["relatives"] == [2, 3]


def test_iso_dates_stand_beside_others() -> None:
    body = csv_of(
        [HEADER, row(birth_date="1986-12-26"), row(citizen_id=2), row(citizen_id=3, birth_date=" 1986-12-26")]
    )
    assert {one["birth_date"] for one in read(body)[0]} == {"26.12.1986"}


def test_blank_rows_and_trailing_delimiters_are_passed_over() -> None:
    empty = b",,,,,,,,,,,\r\n"
    body = empty + b"\r\n" + csv_of(rows_of(ANNA, PETRO)).replace(b"\r\n1,", b",,\r\n\r\n , \r\n1,") + empty * 3
    assert read(body) == ([ANNA, PETRO], [])
    assert read(b"".join(line + b",\r\n" for line in csv_of(rows_of(ANNA)).splitlines()))[1] == []


def test_the_place_of_a_row_is_its_first_line() -> None:
    broken = whole(3, name="a\nb\r\nc\rd", town="x\n")
    body = csv_of([HEADER, [], row(), ["", " "], *rows_of(broken, whole(4))[1:], row(citizen_id=5, apartment="x")])
    assert details(body) == [("line 10", "apartment: An integer is expected.")]


def test_errors_begin_with_the_column_as_the_contract_and_the_file_call_it() -> None:
    header = ["ID", "Ciudad", *HEADER[2:]]
    body = csv_of([header, row(citizen_id="x", town="", relatives="2 x"), row(apartment="", name="")])
    assert details(body) == [
        ("line 2", "citizen_id (ID): An integer is expected."),
        ("line 2", "town (Ciudad): This field is required."),
        ("line 2", "relatives/1: An integer is expected."),
        ("line 3", "apartment: This field is required."),
        ("line 3", "name: This field is required."),
    ]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"citizen_id": "1.0"}, "invalid_type"),
        ({"citizen_id": "+1"}, "invalid_type"),
        ({"citizen_id": "١"}, "invalid_type"),
        ({"citizen_id": "-1"}, "out_of_range"),
        ({"citizen_id": "9" * 5000}, "out_of_range"),
        ({"citizen_id": str(2**63)}, "out_of_range"),
        ({"relatives": "1.5"}, "invalid_type"),
        ({"relatives": "2 2"}, "duplicate"),
        ({"relatives": " ".join(map(str, range(1001)))}, "too_many"),
        ({"gender": "V"}, "invalid_choice"),
        ({"birth_date": "31.02.2000"}, "invalid_date"),
        ({"birth_date": "12/26/1986"}, "invalid_date"),
        ({"birth_date": "2026-11-22"}, "future_date"),
        ({"town": "-"}, "no_letter_or_digit"),
        ({"town": "a" * 257}, "too_long"),
        # Beyond what Python's csv module allows by default.
        ({"town": "a" * 200_000}, "too_long"),
        ({"town": "a, \n" * 50_000}, "too_long"),
        ({"name": "a\0b"}, "invalid_characters"),
        ({"channel": "x" * 65}, "too_long"),
    ],
)
def test_a_wrong_value_is_named_by_line_and_column(cells: dict[str, str], code: str) -> None:
    (name,) = cells
    found = read(csv_of([HEADER, row(citizen_id=7), row(**cells)]))[1]
    assert [(place.partition("/")[0], at) for place, at in found] == [("line 3", code)]
    assert details(csv_of([HEADER, row(citizen_id=7), row(**cells)]))[0][1].startswith(name)


def test_what_is_wrong_with_the_header_is_named() -> None:
    assert refused(csv_of([["Id", "Wohnort", "Town", "city", "", "name"]])) == [
        ("line 1", "Wohnort: There is no such column."),
        ("line 1", "column 5: There is no such column."),
        ("line 1", "city: This column stands there more than once."),
        *(("line 1", f"{name}: This column is missing.") for name in
          ("street", "building", "apartment", "birth_date", "gender")),
    ]  # fmt: skip


def test_where_no_column_is_named_nothing_of_the_row_is_repeated() -> None:
    ((place, detail),) = refused(csv_of([[], ["1", "Иванов Иван", "Москва"]]))
    assert (place, detail.startswith("Columns are expected: citizen_id, town"), "Иван" in detail) == (
        "line 2", True, False,
    )  # fmt: skip


def test_a_row_with_more_cells_than_columns_is_refused_and_one_with_fewer_lacks_values() -> None:
    body = csv_of([HEADER, [*row(), "", "x"], row()[:-3], row()[:7]])
    assert details(body) == [
        ("line 2", "There are more cells than columns, 11."),
        ("line 4", "gender: This field is required."),
    ]


def test_a_column_without_a_name_may_hold_nothing() -> None:
    body = csv_of([HEADER, [*row(), ""], [*row(citizen_id=2), "x"]])
    assert details(body) == [("line 3", "There are more cells than columns, 11.")]
    assert details(csv_of([HEADER, [*row(), "x"]])) == [("line 2", "There are more cells than columns, 11.")]


@pytest.mark.parametrize(
    "spoilt", ['"a"b', '"never closed', "a\rb"], ids=["after a quote", "not closed", "a bare carriage return"]
)
def test_quotes_that_are_out_of_place_are_named(spoilt: str) -> None:
    lines = csv_of([HEADER, row(), row(name="SPOILT", citizen_id=2)]).replace(b"SPOILT", spoilt.encode())
    assert read(lines)[1] == [("line 3", "malformed_quotes")]


def test_after_a_broken_row_the_others_are_still_looked_at() -> None:
    body = csv_of([HEADER, row(), row(name="X"), row(town="")]).replace(b"X", b'"a"b')
    assert read(body)[1] == [("line 3", "malformed_quotes"), ("line 4/town", "required")]


def test_a_line_may_not_be_endless() -> None:
    assert refused(csv_of([HEADER]) + b"x" * (2**20 + 1))[0][0] == "line 2"


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\xef\xbb\xbf", b" , \r\n,,\n", csv_of([HEADER])])
def test_nothing_is_a_delivery_of_nobody(body: bytes) -> None:
    assert read(body) == ([], [])


@pytest.mark.parametrize("text", ["=1+1", "'=1", "''@x", "-7", "\tx", "\rx", "'", "'a", "a'=", " a ", "\u00a07"])
def test_a_guarded_cell_gives_its_text(text: str) -> None:
    assert read(csv_of(rows_of(whole(name=guarded(text)))))[0][0]["name"] == text


@settings(deadline=None, derandomize=True, max_examples=60)
@given(citizens=valid_citizens())
def test_every_valid_delivery_comes_back_by_both_validators(citizens: list[dict[str, object]]) -> None:
    people = [whole() | one for one in citizens]
    texts = ("town", "street", "building", "name", "channel")
    body = csv_of(rows_of(*(one | {name: guarded(str(one[name])) for name in texts} for one in people)))
    assert read(body) == (people, [])
    reader = CsvReader([body], rules=RULES, options=TableOptions())
    closely = [one for batch in reader.batches for one in reader.read_closely(batch)[1]]
    assert [one.name for one in closely] == [one["name"] for one in people]
