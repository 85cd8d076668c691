"""Keeps what the reader chose. It lives in the URL, so that a view can be sent to somebody and found again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from analytics.disclosure import OTHER
from analytics.services.asking.questions import DEFAULT_GROUPING, UNPLACED, Question

PAGE = "/analytics/"
REPORT = "/analytics/report"
API = "/analytics/"
# What segments are listed by, the finest first.
FINEST = ",".join(DEFAULT_GROUPING)
GROUPINGS = {FINEST: _("city, age and channel"), "city,age_group": _("city and age"), "city": _("city")}
# What courses are grouped by where they are asked for by month, or by whom they link.
GROUPS = ("channel", "age_group", "city", "gender")
# What is counted of courses, of which there is no index and no least number of residents.
_OF_COURSES = {"calendar", "flows"}
# Of a hundred residents of a segment, unless the reader says otherwise.
MOST_REACHED = 50
# The filters that a segment can set.
SEGMENT_KEYS = ("country", "city", "town", "age_group", "channel", "gender")
DIMENSIONS = (*SEGMENT_KEYS, "source")
# What a question calls them.
_CHOICES = ("countries", "cities", "towns", "age_groups", "channels", "genders", "sources")
FILTERED = dict(zip(DIMENSIONS, _CHOICES, strict=True))


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
    """Empty, or 0, where anything will do; of several values of a dimension any will do. `measure`: what the heat map's
    shades say. `by`: the keys of the segments; empty for the finest by which most residents are named to the reader.
    `ask`: the question beyond the demand itself; empty for none. `group`: what it groups by, `of`: the groups of buyers
    or of those they buy for; `lead`: so many weeks before a month one advertises for it. Of a plan: the `budget`, how
    many of a hundred residents of a segment money may `reach`, the keys `plan_by` of its segments, and the channels
    `cost_of` that have a `cost` by 1,000 residents each, in the same order; without any those that staff set. Of a
    holdout: the `seed` of its draw, and how many `pairs` of cities at most, 0 for all.

    An index is compared with all residents, so a segment has the same one whatever is filtered, also behind the link of
    a ranking."""

    source: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    town: tuple[str, ...] = ()
    age_group: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    gender: tuple[str, ...] = ()
    min_residents: int = 0
    measure: str = "courses"
    by: str = ""
    ask: str = ""
    group: str = GROUPS[0]
    of: str = "buyer"
    lead: int = 6
    budget: float | None = None
    reach: int = MOST_REACHED
    plan_by: str = ""
    cost_of: tuple[str, ...] = ()
    cost: tuple[float, ...] = ()
    seed: int = 0
    pairs: int = 0
    offset: int = 0

    @property
    def is_narrow(self) -> bool:
        """Whether anything is filtered out."""
        return any(getattr(self, key) for key in DIMENSIONS) or self.min_residents > 0

    def question(self, **changes: Any) -> Question:
        """Makes the question behind a chart, with these filters; what is expected is for those who say so."""
        return Question(
            **{
                **{name: getattr(self, key) for key, name in FILTERED.items()},
                "min_residents": self.min_residents,
                "index_of_all": True,
                "with_expected": False,
                **changes,
            }
        )

    def segments(self, by: str, **changes: Any) -> Question:
        """Makes the question for the segments by these keys, with commas between."""
        return self.question(group_by=tuple(by.split(",")), **changes)

    def href(self, fragment: str = "", **changes: Any) -> str:
        """Gives the address of the page with these filters and `changes`, from its first row again."""
        text = replace(self, **{"offset": 0, **changes})._told()
        return f"{PAGE}{'?' if text else ''}{text}{'#' if fragment else ''}{fragment}"

    def report(self, **parameters: str) -> str:
        """Gives the address of the report with these filters."""
        text = replace(self, offset=0, ask="")._told(**parameters)
        return f"{REPORT}{'?' if text else ''}{text}"

    def _told(self, **parameters: str) -> str:
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return _query({name: value for name, value in own.items() if value != getattr(Filters, name)} | parameters)

    def kept(self, *names: str) -> list[tuple[str, Any]]:
        """Lists these parameters of the address and their values, for a form that leads to another address."""
        values = ((name, getattr(self, name)) for name in names)
        chosen = ((name, value) for name, value in values if value != getattr(Filters, name))
        return [(name, one) for name, value in chosen for one in (value if isinstance(value, tuple) else (value,))]

    def without(self, key: str, value: str) -> str:
        """Gives the address of the page without one of the values of a dimension."""
        left: dict[str, Any] = {key: tuple(one for one in getattr(self, key) if one != value)}
        return self.href(**left)

    def segment(self, keys: Mapping[str, str | None]) -> str:
        """Gives the address of the page of a segment: this one, filtered by its keys too."""
        known: dict[str, Any] = {
            key: (value or UNPLACED,) for key, value in keys.items() if key in DIMENSIONS and value != OTHER
        }
        return self.href(**known)

    def city_href(self, keys: Mapping[str, str | None]) -> str:
        """Gives the address of the page of a city, a name and its country, with the towns that are placed there."""
        return self.segment({key: keys[key] for key in ("city", "country")})

    def downloads(self, resource: str = "demand", **parameters: Any) -> Downloads:
        """Gives the addresses of these figures for spreadsheets."""
        csv = self.api(resource, **parameters, format="csv", bom="true")
        return Downloads(csv, self.api(resource, **parameters, format="xlsx"))

    def api(self, resource: str = "demand", *, format: str, **parameters: Any) -> str:
        """Gives the address of these figures for programs."""
        chosen = {key: getattr(self, key) for key in DIMENSIONS}
        if resource not in _OF_COURSES:
            # A delivery is compared with the other deliveries, whatever is filtered.
            chosen |= {"min_residents": self.min_residents, "index_base": "" if resource == "trend" else "all"}
        return f"{API}{resource}?{_query({**chosen, **parameters, 'format': format})}"


def _query(parameters: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in parameters.items() if value}, doseq=True)
