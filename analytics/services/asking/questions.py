"""Defines what is asked of the counted demand, and what is answered."""

from dataclasses import dataclass
from datetime import date, datetime

SOURCE = "source"
DIMENSIONS = ("town", "age_group", "channel", "gender")
GROUPABLE = (*DIMENSIONS, SOURCE)
DEFAULT_GROUPING = ("town", "age_group", "channel")

COUNTS = ("residents", "courses", "buyers")
MEASURES = (*COUNTS, "courses_per_100", "index", "index_low", "index_high")

LARGEST_DEMAND = ("-courses",)
BEST_OPPORTUNITY = ("-index_low",)


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which segments, in which groups, in which order.

    Each of the filters is a choice of values, empty where anything will do: towns, channels and sources as the
    deliveries write them, labels of age groups, genders. `ordering` holds names of the row's fields, `-` before one for
    descending; ties are broken by the keys. `limit` None: all rows.
    """

    group_by: tuple[str, ...] = DEFAULT_GROUPING
    towns: tuple[str, ...] = ()
    age_groups: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    import_id: int | None = None
    min_residents: int = 0
    ordering: tuple[str, ...] = ()
    limit: int | None = None
    offset: int = 0

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The keys of segments that are filtered, and their values; sources are apart."""
        values = (self.towns, self.age_groups, self.channels, self.genders)
        return {key: chosen for key, chosen in zip(DIMENSIONS, values, strict=True) if chosen}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of segments by which is grouped; sources are apart."""
        return tuple(key for key in self.group_by if key != SOURCE)


@dataclass(frozen=True, slots=True)
class Row:
    """A group of residents and its demand.

    `courses_per_100` residents; `index`: 100 is the average of all rows, with the ends of its 95 % interval; None where
    nobody has any relatives or friends. `is_other`: small segments are merged in it.
    """

    keys: dict[str, str]
    residents: int
    courses: int
    buyers: int
    courses_per_100: float
    index: float | None
    index_low: float | None
    index_high: float | None
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
    """What an answer is made of. `as_of`: the day of the ages, None where each import has its own."""

    refreshed_at: datetime | None
    imports: int
    stale: bool
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Demand:
    """A page of rows, how many there are in all, and what they are made of."""

    rows: list[Row]
    count: int
    meta: Meta


@dataclass(frozen=True, slots=True)
class Trend:
    """A page of the demand import by import, and what it is made of."""

    rows: list[ImportRow]
    count: int
    meta: Meta


@dataclass(frozen=True, slots=True)
class Airport:
    """The airport nearest to a town. `code`: IATA, else ICAO; `distance`: metres from the town."""

    id: int
    name: str
    code: str | None
    distance: float


@dataclass(frozen=True, slots=True)
class City:
    """A town of the deliveries on the map, degrees WGS 84, how it was placed, and its demand.

    `airport` None: no airport is near, or it was deleted since.
    """

    town: str
    method: str
    city: str
    country: str
    latitude: float
    longitude: float
    time_zone: str
    airport: Airport | None
    row: Row


@dataclass(frozen=True, slots=True)
class Cities:
    """All towns that are placed in the order asked for, a page of them, and the rest by their courses."""

    placed: list[City]
    count: int
    unplaced: list[Row]
    meta: Meta
