"""Dates of birth: as documents write them, `DD.MM.YYYY`, and how old somebody is by them."""

import re
from datetime import date, timedelta
from functools import lru_cache

DATE_LENGTH = 10
# [0-9], not \d: digits of other scripts are no date here.
WRITTEN_DATE = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")


def parse_birth_date(text: str) -> date | None:
    """The date that `text` writes as `DD.MM.YYYY`, or None if it is not a real one."""
    # The length first: the cache must never keep a text of megabytes.
    return parse_ten_characters(text) if len(text) == DATE_LENGTH else None


# As many entries as 180 years have days: in a document of many residents, and
# in the next one, most dates occur again.
@lru_cache(maxsize=1 << 16)
def parse_ten_characters(text: str) -> date | None:
    """`parse_birth_date` for a text that is known to be ten characters long."""
    match = WRITTEN_DATE.fullmatch(text)
    if match is None:
        return None
    day, month, year = match.groups()
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def format_birth_date(value: date) -> str:
    """The inverse of `parse_birth_date`."""
    return f"{value.day:02}.{value.month:02}.{value.year:04}"


def day_after_birth(day: date, years: int) -> date:
    """The first date of birth with which one is not yet `years` old on `day`, as PostgreSQL's `age` has it."""
    if day.year - years < date.min.year:
        return date.min
    try:
        born = day.replace(year=day.year - years)
    except ValueError:
        born = date(day.year - years, 2, 28)
    return born + timedelta(days=1)
