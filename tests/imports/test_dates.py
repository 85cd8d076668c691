"""Dates of birth to and from text."""

from datetime import date

import pytest

from imports.dates import format_birth_date, parse_birth_date


@pytest.mark.parametrize("day", [date.min, date(1986, 12, 26), date(2000, 2, 29), date.max])
def test_a_date_survives_being_written_and_read(day: date) -> None:
    assert parse_birth_date(format_birth_date(day)) == day


def test_a_date_is_written_with_zeros() -> None:
    assert format_birth_date(date(7, 2, 3)) == "03.02.0007"
