"""Dates of birth to and from text."""

from datetime import date

import pytest

from imports.documents.dates import format_birth_date, parse_birth_date
from imports.documents.structs import Citizen, parse_valid_date
from tests.imports.documents.builders import citizen


@pytest.mark.parametrize("day", [date.min, date(1986, 12, 26), date(2000, 2, 29), date.max])
def test_a_date_survives_being_written_and_read(day: date) -> None:
    assert parse_birth_date(format_birth_date(day)) == day


def test_a_date_is_written_with_zeros() -> None:
    assert format_birth_date(date(7, 2, 3)) == "03.02.0007"


def test_a_citizen_knows_its_date_of_birth() -> None:
    assert Citizen(**citizen()).born == date(1986, 12, 26)


def test_a_text_that_no_validator_accepted_has_no_date() -> None:
    with pytest.raises(ValueError, match="not a date"):
        parse_valid_date("31.02.1986")
