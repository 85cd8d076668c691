"""Defines what is asked of the counted demand, and what is answered."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from analytics.dimensions import DIMENSIONS, PLACES
from analytics.services.placing.placer import TownCandidate

SOURCE = "source"
GROUPABLE = (*DIMENSIONS, SOURCE)
DEFAULT_GROUPING = ("city", "age_group", "channel")
UNPLACED = "none"

COUNTS = ("residents", "courses", "buyers")
EXPECTED = ("expected_index", "own_share")
MEASURES = (*COUNTS, "courses_per_100", "index", "index_low", "index_high", *EXPECTED)

LARGEST_DEMAND = ("-courses",)
# By what one may sort beside what is shown: what the expected index is above with nine chances in ten.
SORTABLE = (*MEASURES, "expected_low")
BEST_OPPORTUNITY = ("-expected_low",)


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which segments, in which groups, in which order.

    Each of the filters is a choice of values, empty where anything will do: ISO codes of countries and `none` for towns
    that are not placed, cities and towns in any spelling, channels and sources by any name or alias, labels of age
    groups, genders. `ordering` holds names of the row's fields, `-` before one for descending; ties are broken by the
    keys. `limit` None: all rows. `max_own_share`: only segments of whose expected index no more is their own data, 0 to
    1; None: all. `index_of_all`: the index compares with all residents of the import, sources or
    picture, the other filters left out. `with_expected`: whether to work out what is expected, from all segments.
    """

    group_by: tuple[str, ...] = DEFAULT_GROUPING
    countries: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    age_groups: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    import_id: int | None = None
    min_residents: int = 0
    max_own_share: float | None = None
    index_of_all: bool = False
    with_expected: bool = True
    ordering: tuple[str, ...] = ()
    limit: int | None = None
    offset: int = 0

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The keys of segments that are filtered, and their values; sources are apart."""
        values = (self.countries, self.cities, self.towns, self.age_groups, self.channels, self.genders)
        return {key: chosen for key, chosen in zip(DIMENSIONS, values, strict=True) if chosen}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of segments by which is grouped; sources are apart."""
        return tuple(key for key in self.group_by if key != SOURCE)

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of the rows: a city is its name and its country."""
        if "city" not in self.group_by or "country" in self.group_by:
            return self.group_by
        after = self.group_by.index("city") + 1
        return (*self.group_by[:after], "country", *self.group_by[after:])

    @property
    def finest(self) -> str | None:
        """The finest of the grouped keys that say where: it tells the others."""
        return next((key for key in reversed(PLACES) if key in self.group_by), None)

    @property
    def of_groups(self) -> "Question":
        """The same groups, all of them and in no order: what is read for one such question is read for the other."""
        return replace(self.of_estimates, index_of_all=False, with_expected=True)

    @property
    def of_estimates(self) -> "Question":
        """The same groups and whom they compare with, all of them and in no order."""
        return replace(self, min_residents=0, max_own_share=None, ordering=(), limit=None, offset=0)

    @property
    def of_all(self) -> "Question":
        """All residents of the same import, sources or picture, as one group."""
        return Question(group_by=(), sources=self.sources, import_id=self.import_id)


@dataclass(frozen=True, slots=True)
class Row:
    """A group of residents and its demand.

    `courses_per_100` residents; `index`: 100 is the average of all rows, with the ends of its 95 % interval, `lowest`
    the lower end that holds for all rows together; `expected_index`, of which `own_share` is the group's own. All None
    where nobody has any relatives or friends. `is_other`: small segments are merged in it. The key `country` is None
    for towns that are not placed.
    """

    keys: dict[str, str | None]
    residents: int
    courses: int
    buyers: int
    courses_per_100: float
    index: float | None
    index_low: float | None
    index_high: float | None
    expected_index: float | None
    own_share: float | None
    lowest: float | None
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row of the trend: one import, or one group of its residents."""

    import_id: int
    source: str
    delivered_at: datetime
    row: Row


@dataclass(frozen=True, slots=True)
class Meta:
    """What an answer is made of. `as_of`: the day of the ages, None where each import has its own; `merged`: how many
    residents stand in rows `other`, 0 for who sees all."""

    refreshed_at: datetime | None
    imports: int
    stale: bool
    merged: int
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Demand:
    """A page of rows, how many there are in all, and what they are made of; `ranked_by`: by what comes first in it."""

    rows: list[Row]
    count: int
    meta: Meta
    ranked_by: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A page of the demand import by import, and what it is made of."""

    rows: list[ImportRow]
    count: int
    meta: Meta


@dataclass(frozen=True, slots=True)
class Airport:
    """The airport nearest to a city. `code`: IATA, else ICAO; `distance`: metres from the city."""

    id: int
    name: str
    code: str | None
    distance: float


@dataclass(frozen=True, slots=True)
class CityTown:
    """A town of a city, how it was placed there, where else it may be, and its demand."""

    town: str
    method: str
    alternatives: list[TownCandidate]
    row: Row


@dataclass(frozen=True, slots=True)
class City:
    """A city on the map, degrees WGS 84, and its demand; its towns, those with the most residents first.

    `method`: how the first of its towns was placed. `airport` None: no airport is near, or it was deleted since.
    """

    city: str
    country: str
    method: str
    latitude: float
    longitude: float
    time_zone: str
    airport: Airport | None
    towns: list[CityTown]
    row: Row


@dataclass(frozen=True, slots=True)
class Cities:
    """A page of the cities on the map in the order asked for, how many there are, and the rest by their courses: towns
    that are not placed, and what is merged."""

    placed: list[City]
    count: int
    unplaced: list[Row]
    meta: Meta
