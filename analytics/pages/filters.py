"""Keeps what the reader chose. It lives in the URL, so that a view can be sent to somebody and found again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from analytics.disclosure import OTHER
from analytics.services.asking.questions import SOURCE, UNPLACED, Question

PAGE = "/analytics/"
API = "/analytics/"
OTHER_LABEL = "Other (small segments merged)"
# The filters that a segment can set.
DIMENSIONS = ("country", "city", "town", "age_group", "channel", "gender", "source")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """An empty text, or 0, where anything will do. `measure`: what the heat map's shades say."""

    source: str = ""
    country: str = ""
    city: str = ""
    town: str = ""
    age_group: str = ""
    channel: str = ""
    gender: str = ""
    min_residents: int = 0
    measure: str = "courses"
    offset: int = 0

    @property
    def is_narrow(self) -> bool:
        """Whether anything is filtered out."""
        return any(getattr(self, key) for key in DIMENSIONS) or self.min_residents > 0

    @property
    def is_of_all_residents(self) -> bool:
        """Whether whole deliveries are looked at: these are what the trend can be compared with."""
        return not any(getattr(self, key) for key in DIMENSIONS if key != SOURCE)

    def question(self, **changes: Any) -> Question:
        """Makes the question behind a chart, with these filters; what is expected is for those who say so."""
        return Question(
            **{
                "countries": _choice(self.country),
                "cities": _choice(self.city),
                "towns": _choice(self.town),
                "age_groups": _choice(self.age_group),
                "channels": _choice(self.channel),
                "genders": _choice(self.gender),
                "sources": _choice(self.source),
                "min_residents": self.min_residents,
                "with_expected": False,
                **changes,
            }
        )

    def href(self, fragment: str = "", **changes: Any) -> str:
        """Gives the address of the page with these filters and `changes`, from its first row again."""
        chosen = replace(self, **{"offset": 0, **changes})
        text = _query({item.name: getattr(chosen, item.name) for item in fields(chosen)} | _default_measure(chosen))
        return f"{PAGE}{'?' if text else ''}{text}{'#' if fragment else ''}{fragment}"

    def segment(self, keys: Mapping[str, str | None]) -> str:
        """Gives the address of the list behind a segment: this page, filtered by its keys, at its list."""
        known = {key: value or UNPLACED for key, value in keys.items() if key in DIMENSIONS and value != OTHER}
        return self.href("segments", **known)

    def api(self, resource: str = "demand", *, format: str = "csv", **parameters: Any) -> str:
        """Gives the address of these figures for programs and spreadsheets."""
        chosen = {key: getattr(self, key) for key in (*DIMENSIONS, "min_residents")}
        return f"{API}{resource}?{_query({**chosen, **parameters, 'format': format})}"


def _choice(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _default_measure(chosen: Filters) -> dict[str, str]:
    return {"measure": ""} if chosen.measure == Filters.measure else {}


def _query(parameters: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in parameters.items() if value})
