"""Moments as the API writes them."""

from datetime import UTC, datetime


def moment(value: datetime) -> str:
    """RFC 3339 in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
