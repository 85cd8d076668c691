"""Keeps what the reader chose. It lives in the URL, so that a view can be sent to somebody and found again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from analytics.disclosure import OTHER
from analytics.services.asking.questions import DEFAULT_GROUPING, SOURCE, UNPLACED, Question

PAGE = "/analytics/"
API = "/analytics/"
OTHER_LABEL = "Other (small segments merged)"
ALL, ROWS = "all", "rows"
# What segments are listed by, the finest first.
FINEST = ",".join(DEFAULT_GROUPING)
GROUPINGS = {FINEST: "city, age and channel", "city,age_group": "city and age", "city": "city"}
# The filters that a segment can set.
DIMENSIONS = ("country", "city", "town", "age_group", "channel", "gender", "source")


@dataclass(frozen=True, slots=True)
class Downloads:
    """The addresses of a table as a file, all of its rows; CSV with the byte order mark that Excel asks for."""

    csv: str
    xlsx: str


def group_by(by: str) -> dict[str, str]:
    """Gives the parameter for segments by these keys: none for what the API takes anyway."""
    return {} if by == FINEST else {"group_by": by}


@dataclass(frozen=True, kw_only=True)
class Filters:
    """An empty text, or 0, where anything will do. `measure`: what the heat map's shades say. `index_base`: whose
    average is 100, that of `ALL` residents or of the filtered ones, the `ROWS`: by default a segment has the same
    index whatever is filtered, also behind the link of a ranking. `by`: the keys of the segments; empty for the finest
    by which most residents are named to the reader."""

    source: str = ""
    country: str = ""
    city: str = ""
    town: str = ""
    age_group: str = ""
    channel: str = ""
    gender: str = ""
    min_residents: int = 0
    measure: str = "courses"
    index_base: str = ALL
    by: str = ""
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
                "index_of_all": self.index_base == ALL,
                "with_expected": False,
                **changes,
            }
        )

    def segments(self, by: str, **changes: Any) -> Question:
        """Makes the question for the segments by these keys, with commas between."""
        return self.question(group_by=tuple(by.split(",")), **changes)

    def href(self, fragment: str = "", **changes: Any) -> str:
        """Gives the address of the page with these filters and `changes`, from its first row again."""
        chosen = replace(self, **{"offset": 0, **changes})
        text = _query({name: value for name, value in asdict(chosen).items() if value != getattr(Filters, name)})
        return f"{PAGE}{'?' if text else ''}{text}{'#' if fragment else ''}{fragment}"

    def segment(self, keys: Mapping[str, str | None]) -> str:
        """Gives the address of the list behind a segment: this page, filtered by its keys, at its list."""
        known = {key: value or UNPLACED for key, value in keys.items() if key in DIMENSIONS and value != OTHER}
        return self.href("segments", **known)

    def city_href(self, keys: Mapping[str, str | None]) -> str:
        """Gives the address of the page of a city, a name and its country, with the towns that are placed there."""
        return self.href(city=keys["city"], country=keys["country"] or UNPLACED)

    def downloads(self, resource: str = "demand", **parameters: Any) -> Downloads:
        """Gives the addresses of these figures for spreadsheets."""
        csv = self.api(resource, **parameters, format="csv", bom="true")
        return Downloads(csv, self.api(resource, **parameters, format="xlsx"))

    def api(self, resource: str = "demand", *, format: str, **parameters: Any) -> str:
        """Gives the address of these figures for programs."""
        chosen = {key: getattr(self, key) for key in (*DIMENSIONS, "min_residents")}
        # A delivery is compared with the other deliveries, whatever is filtered.
        chosen["index_base"] = "" if resource == "trend" else self.index_base
        return f"{API}{resource}?{_query({**chosen, **parameters, 'format': format})}"


def _choice(value: str) -> tuple[str, ...]:
    return (value,) if value else ()


def _query(parameters: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in parameters.items() if value})
