"""Writes numbers, and the values of dimensions, for people."""

from collections.abc import Mapping

from airports.countries import country_name
from analytics.disclosure import OTHER
from analytics.pages.filters import OTHER_LABEL
from analytics.services.asking.questions import UNPLACED, Row

DIMENSION_LABELS = {
    "country": "Country",
    "city": "City",
    "town": "Town",
    "age_group": "Age",
    "channel": "Channel",
    "gender": "Gender",
    "source": "Source",
}
AVERAGE = 100.0
NOTHING = "–"


def count(value: int) -> str:
    """Writes `12,345`."""
    return f"{value:,}"


def decimal(value: float | None) -> str:
    """Writes `1,234.5`, a dash for what is not there."""
    return NOTHING if value is None else f"{value:,.1f}"


def signed(value: float, *, digits: int = 0) -> str:
    """Writes `+12`, `−3` with a real minus, `±0`."""
    text = f"{abs(value):,.{digits}f}"
    if not any(digit in text for digit in "123456789"):
        return f"±{text}"
    return f"{'+' if value > 0 else '−'}{text}"


def interval(row: Row) -> str:
    """Writes `80.1 to 120.3`."""
    if row.index_low is None or row.index_high is None:
        return NOTHING
    return f"{decimal(row.index_low)} to {decimal(row.index_high)}"


def key_label(value: str | None, *, is_other: bool) -> str:
    """Names a key of a row; what is merged is called so. A town may really be called "other"."""
    return OTHER_LABEL if is_other and value == OTHER else value or NOTHING


def city_label(row: Row) -> str:
    """Writes `Valencia, ES`: the names of cities are there in several countries."""
    name, country = key_label(row.keys["city"], is_other=row.is_other), row.keys["country"]
    return name if row.is_other or country is None else f"{name}, {country}"


def segment_label(row: Row) -> str:
    """Writes `Bogotá, CO, 18-24, telegram`."""
    values = [key_label(value, is_other=row.is_other) for value in row.keys.values() if value is not None]
    return ", ".join(dict.fromkeys(values)) or "All residents"


def country_label(code: str) -> str:
    """Names a country by its ISO code; `none` are the towns that are not placed."""
    return "Not on the map" if code == UNPLACED else country_name(code) or code


def described(keys: Mapping[str, str]) -> str:
    """Writes what is filtered: `town Kyiv, age 18-24`."""
    return ", ".join(
        f"{DIMENSION_LABELS[key].lower()} {country_label(value) if key == 'country' else value}"
        for key, value in keys.items()
        if value and key in DIMENSION_LABELS
    )
