"""The edges of the rules of each field; `tests/imports/api/test_post_refusals.py` breaks each of them over HTTP."""

from typing import Any

import pytest

from imports.documents.reader import read_document
from tests.imports.documents.builders import RULES, citizen, document, refused

DATES = [
    pytest.param("", "invalid_date", id="empty"),
    pytest.param("31.02.1986", "invalid_date", id="no real day"),
    pytest.param("29.02.1900", "invalid_date", id="no leap year"),
    pytest.param("01.13.1986", "invalid_date", id="no real month"),
    pytest.param("01.01.0000", "invalid_date", id="the year 0"),
    pytest.param("1.1.1986", "invalid_date", id="without zeros"),
    pytest.param("01.01.86", "invalid_date", id="a year of two digits"),
    pytest.param("1986-12-26", "invalid_date", id="ISO 8601"),
    pytest.param("26/12/1986", "invalid_date", id="slashes"),
    pytest.param("26.12.1986 ", "invalid_date", id="a space after it"),
    pytest.param("26.12.1986\n", "invalid_date", id="a line feed after it"),
    pytest.param("+6.12.1986", "invalid_date", id="a sign"),
    pytest.param("٢٦.12.1986", "invalid_date", id="Arabic-Indic digits of a day"),
    pytest.param("26.١٢.1986", "invalid_date", id="Arabic-Indic digits of a month"),
    pytest.param("26.12.١٩٨٦", "invalid_date", id="Arabic-Indic digits of a year"),
    pytest.param("26.12.1986\x00", "invalid_date", id="a NUL character"),
    pytest.param("22.11.2026", "future_date", id="tomorrow"),
    pytest.param("01.01.9999", "future_date", id="the year 9999"),
    pytest.param(26121986, "invalid_type", id="a number"),
    pytest.param(None, "invalid_type", id="null"),
]


def assert_refused(field: str, value: Any, pointer: str, code: str) -> None:
    """`value` is the one thing that is wrong with a delivery."""
    assert refused(document(citizen(**{field: value}))) == [(f"/citizens/0{pointer}", code)]


@pytest.mark.parametrize("field", ["relatives", "friends"])
def test_a_list_that_is_too_long_is_one_error_whatever_stands_in_it(field: str) -> None:
    assert_refused(field, [2, 2, -1, "3"] * 251, f"/{field}", "too_many")


@pytest.mark.parametrize(
    ("field", "longest"), [("town", 256), ("street", 256), ("building", 256), ("name", 256), ("channel", 64)]
)
def test_a_text_has_a_greatest_length_in_characters(field: str, longest: int) -> None:
    longest_text = "😀" * (longest - 1) + "Я"
    accepted = read_document(document(citizen(**{field: longest_text})), max_citizens=1, rules=RULES)
    assert getattr(accepted[0], field) == longest_text
    assert_refused(field, longest_text + "Я", f"/{field}", "too_long")


@pytest.mark.parametrize(("value", "code"), DATES)
def test_a_birth_date_is_a_real_date_up_to_today(value: Any, code: str) -> None:
    assert_refused("birth_date", value, "/birth_date", code)


@pytest.mark.parametrize("value", ["21.11.2026", "29.02.2000", "01.01.0001"])
def test_the_edges_of_birth_dates_are_accepted(value: str) -> None:
    accepted = read_document(document(citizen(birth_date=value)), max_citizens=1, rules=RULES)
    assert accepted[0].birth_date == value


@pytest.mark.parametrize("number", ["1.0", "1e2", "1E0", "-0.0", "1e999"])
def test_an_integer_written_as_a_float_is_refused(number: str) -> None:
    body = document(citizen()).replace(b'"apartment": 7', f'"apartment": {number}'.encode())
    assert refused(body) == [("/citizens/0/apartment", "invalid_type")]


@pytest.mark.parametrize("number", ["1" * 5000, "-" + "1" * 5000])
def test_an_integer_of_thousands_of_digits_is_refused(number: str) -> None:
    body = document(citizen()).replace(b'"apartment": 7', f'"apartment": {number}'.encode())
    assert refused(body) == [("/citizens/0/apartment", "out_of_range")]
