"""Moments as programs read them, and as people do."""

from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime


def moment(value: datetime) -> str:
    """Writes it as the API and tables to take away have it: RFC 3339 in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local_moment(value: datetime) -> str:
    """Writes it by the reader's clock, and says which that is: for what is printed, or goes by another clock too."""
    here = localtime(value)
    return f"{date_format(here, 'DATETIME_FORMAT')} {here:%Z}"
