"""Writes numbers, and the values of dimensions, for people."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from airports.countries import country_name
from analytics.disclosure import OTHER
from analytics.services.asking.questions import UNPLACED, Row

DIMENSION_LABELS = {
    "country": gettext_lazy("Country"),
    "city": gettext_lazy("City"),
    "town": gettext_lazy("Town"),
    "age_group": gettext_lazy("Age"),
    "channel": gettext_lazy("Channel"),
    "gender": gettext_lazy("Gender"),
    "source": gettext_lazy("Source"),
}
GENDERS = {"female": gettext_lazy("female"), "male": gettext_lazy("male")}
AVERAGE = 100.0
NOTHING = "–"
# Between values of one dimension, of which any will do.
_OR = " / "


def count(value: float) -> str:
    """Writes `12,345`, as the language has it."""
    return number_format(round(value), force_grouping=True)


def decimal(value: float | None) -> str:
    """Writes `1,234.5`, a dash for what is not there."""
    return NOTHING if value is None else number_format(round(value, 1), 1, force_grouping=True)


def signed(value: float, *, digits: int = 0) -> str:
    """Writes `+12`, `−3` with a real minus, `±0`."""
    rounded = round(abs(value), digits)
    text = number_format(rounded, digits, force_grouping=True)
    if not rounded:
        return f"±{text}"
    return f"{'+' if value > 0 else '−'}{text}"


def day(moment: datetime) -> str:
    """Writes the day of a moment in the reader's time zone, short."""
    return date_format(localtime(moment), "SHORT_DATE_FORMAT")


def courses(number: int) -> str:
    """Writes `1 course`, `1,234 courses`."""
    return ngettext("%(count)s course", "%(count)s courses", number) % {"count": count(number)}


def residents(number: int) -> str:
    """Writes `1 resident`, `1,234 residents`."""
    return ngettext("%(count)s resident", "%(count)s residents", number) % {"count": count(number)}


def first_of(shown: int, total: int) -> str:
    """Says that a table has the first rows alone; nothing where it has all."""
    if shown >= total:
        return ""
    return _("The first %(count)s of %(total)s.") % {"count": count(shown), "total": count(total)}


def interval(row: Row) -> str:
    """Writes `80.1 to 120.3`."""
    if row.index_low is None or row.index_high is None:
        return NOTHING
    return _("%(low)s to %(high)s") % {"low": decimal(row.index_low), "high": decimal(row.index_high)}


def index_figure(row: Row) -> str:
    """Writes the index and its interval as a chart has them: `364 (210 to 600)`."""
    if row.index is None:
        return NOTHING
    low, high = (count(end or 0) for end in (row.index_low, row.index_high))
    return _("%(index)s (%(low)s to %(high)s)") % {"index": count(row.index), "low": low, "high": high}


def key_label(value: str | None, *, is_other: bool) -> str:
    """Names a key of a row; what is merged is called so. A town may really be called "other"."""
    return other_label() if is_other and value == OTHER else value or NOTHING


def other_label() -> str:
    """Names what small segments are merged into."""
    return _("Other (small segments merged)")


def city_label(row: Row) -> str:
    """Writes `Valencia, ES`: the names of cities are there in several countries."""
    name, country = key_label(row.keys["city"], is_other=row.is_other), row.keys["country"]
    return name if row.is_other or country is None else f"{name}, {country}"


def segment_label(row: Row) -> str:
    """Writes `Bogotá, CO, 18-24, telegram`."""
    values = [key_label(value, is_other=row.is_other) for value in row.keys.values() if value is not None]
    return ", ".join(dict.fromkeys(values)) or _("All residents")


def value_label(key: str, value: str) -> str:
    """Names a value of a dimension: countries by their names, `none` the towns that are not placed."""
    if key == "country":
        return _("Not on the map") if value == UNPLACED else country_name(value, get_language() or "") or value
    return str(GENDERS.get(value, value)) if key == "gender" else value


def chosen_label(chosen: Mapping[str, Sequence[str]]) -> str:
    """Writes what is filtered as one segment: `Bogotá, CO, 18-24 / 25-34, instagram`."""
    city, country = chosen.get("city", ()), chosen.get("country", ())
    # A city and its country are one thing, as in a row; in no country it is its name alone.
    beside = country[0] if len(city) == len(country) == 1 and country[0] != UNPLACED else ""
    texts = {key: _OR.join(value_label(key, one) for one in values) for key, values in chosen.items() if values}
    if city and country:
        texts.pop("country")
        texts["city"] = f"{texts['city']}, {beside}" if beside else texts["city"]
    order = sorted(texts, key=[*(key for key in DIMENSION_LABELS if key != "country"), "country"].index)
    return ", ".join(texts[key] for key in order)


def described(chosen: Mapping[str, Sequence[str]]) -> str:
    """Writes what is filtered, with the name of each dimension: `town Kyiv, age 18-24`."""
    return ", ".join(
        f"{str(DIMENSION_LABELS[key]).lower()} {_OR.join(value_label(key, one) for one in values)}"
        for key, values in chosen.items()
        if values and key in DIMENSION_LABELS
    )
