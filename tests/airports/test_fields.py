"""The rules of the fields."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airports.fields import FIELDS, NAMES, InvalidValue, Value, parse_json, parse_text
from tests.airports.builders import VALENCIA

TEXT_AND_VALUE = [
    ("name", " Barajas ", "Barajas"),
    ("city", "", None),
    ("city", "  ", None),
    ("iata", "mad", "MAD"),
    ("iata", "", None),
    ("icao", "k1a", "K1A"),
    ("icao", "lemd", "LEMD"),
    ("latitude", "-90", -90.0),
    ("latitude", "+4.5e1", 45.0),
    ("longitude", "-0", 0.0),
    ("longitude", "1e-300", 0.0),
    ("altitude", " 12 ", 12.0),
    ("altitude", "", None),
    ("timezone", "5.75", 5.75),
    ("dst", "e", "E"),
    ("tz", "Europe/Madrid", "Europe/Madrid"),
]
TEXT_AND_CODE = [
    ("name", " ", "required"),
    ("name", "x" * 257, "too_long"),
    ("name", "a\x00b", "invalid_characters"),
    ("city", "\ud800", "invalid_characters"),
    ("country", "x" * 129, "too_long"),
    ("iata", "MA", "invalid_code"),
    ("iata", "MADR", "invalid_code"),
    ("iata", "ßA", "invalid_code"),
    ("iata", "MÄD", "invalid_code"),
    ("iata", "MAD\n1", "invalid_code"),
    ("icao", "LE-D", "invalid_code"),
    ("latitude", "", "required"),
    ("latitude", "90.0000001", "out_of_range"),
    ("longitude", "-180.5", "out_of_range"),
    ("latitude", "nan", "invalid_number"),
    ("latitude", "Infinity", "invalid_number"),
    ("latitude", "1e999", "out_of_range"),
    ("latitude", "0x10", "invalid_number"),
    ("latitude", "1_0", "invalid_number"),
    ("latitude", "٣", "invalid_number"),
    ("altitude", "high", "invalid_number"),
    ("timezone", "15", "out_of_range"),
    ("dst", "Q", "invalid_choice"),
    ("dst", "EA", "invalid_choice"),
    ("tz", "Mars/Olympus", "unknown_timezone"),
    ("type", "x" * 65, "too_long"),
]
JSON_AND_CODE: list[tuple[str, Any, str]] = [
    ("name", None, "required"),
    ("name", "", "required"),
    ("name", 1, "invalid_type"),
    ("city", ["x"], "invalid_type"),
    ("latitude", "1", "invalid_type"),
    ("latitude", True, "invalid_type"),
    ("latitude", None, "required"),
    ("latitude", 10**30, "out_of_range"),
    ("latitude", float("nan"), "out_of_range"),
    ("altitude", float("inf"), "out_of_range"),
    ("tz", {}, "invalid_type"),
]


@pytest.mark.parametrize(("name", "text", "value"), TEXT_AND_VALUE)
def test_a_text_is_read(name: str, text: str, value: Value) -> None:
    assert parse_text(name, text) == value


@pytest.mark.parametrize(("name", "text", "code"), TEXT_AND_CODE)
def test_a_text_that_breaks_the_rule_is_refused(name: str, text: str, code: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        parse_text(name, text)
    assert refusal.value.code == code


@pytest.mark.parametrize(("name", "value", "code"), JSON_AND_CODE)
def test_a_json_value_that_breaks_the_rule_is_refused(name: str, value: object, code: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        parse_json(name, value)
    assert refusal.value.code == code


def test_every_field_reads_its_json_value() -> None:
    assert {name: parse_json(name, VALENCIA[name]) for name in NAMES} == VALENCIA


def test_what_is_not_required_can_be_unknown() -> None:
    unknown = [name for name in NAMES if not FIELDS[name].required]
    assert {parse_json(name, None) for name in unknown} == {None}
    assert {parse_text(name, "") for name in unknown} == {None}


@given(st.sampled_from(NAMES), st.text())
def test_a_text_is_read_or_refused_and_what_was_read_is_read_again(name: str, text: str) -> None:
    try:
        value = parse_text(name, text)
    except InvalidValue:
        return
    assert parse_text(name, "" if value is None else str(value)) == value
