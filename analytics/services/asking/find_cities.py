"""Finds the demand on the map."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.contrib.auth.models import User

from airports.models import Airport as StoredAirport
from analytics.models import PublishedPlace, TownPlace
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.questions import LARGEST_DEMAND, Airport, Cities, City, CityTown, Question, Row
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_estimates import read_estimates
from analytics.services.asking.scopes import scope_of
from analytics.services.counting.count_if_new import count_if_new
from analytics.services.placing.placer import TownCandidate
from config.common.db.snapshots import snapshot
from config.common.spellings import fold

_DECIMALS_OF_A_METRE = 3
# The name and the country of a city.
_Key = tuple[str | None, str | None]


def find_cities(*, question: Question, actor: User) -> Cities:
    """Finds cities with their demand and their towns: those on the map, the most courses first unless the question says
    otherwise, and the rest by their courses: towns without a place, and what is merged for callers who may not see
    residents. These get the towns that they may see.

    The question's `group_by` is not asked. Raises as `find_demand` does.
    """
    question = replace(question, group_by=("city",), ordering=question.ordering or LARGEST_DEMAND)
    by_town = replace(
        question, group_by=("city", "town"), min_residents=0, with_expected=False, ordering=("-residents",)
    )
    count_if_new(question.import_id)
    with snapshot():
        scope = scope_of(question)
        of_cities, of_towns = (
            read_estimates(one, scope, restricted=is_restricted(actor)) for one in (question, by_town)
        )
        atlas = _Atlas(_rows(Ranking(of_towns, by_town)), restricted=is_restricted(actor))
        meta = scope.meta(merged=of_cities.groups.merged)
    cities = _rows(Ranking(of_cities, question))
    placed = [row for row in cities if atlas.has(row)]
    rest = [row for row in cities if not atlas.has(row)]
    stop = None if question.limit is None else question.offset + question.limit
    page = [atlas.city(row) for row in placed[question.offset : stop]]
    rest.sort(key=lambda row: (-row.courses, row.is_other, row.keys["city"]))
    return Cities(placed=page, count=len(placed), unplaced=rest, meta=meta)


def _rows(ranking: Ranking) -> list[Row]:
    return ranking.rows(ranking.page())


class _Atlas:
    """Where the cities are, and which of `towns`, rows by city and town, lie in each of them.

    `restricted`: callers who may not see residents are told nothing of a town that moved, before it was decided anew
    what they may see.
    """

    def __init__(self, towns: Iterable[Row], *, restricted: bool) -> None:
        placed = TownPlace.objects.placed().order_by("town")
        known = placed.published(PublishedPlace.objects.all()) if restricted else placed
        self._places = {place.town: place for place in known}
        self._cities: dict[_Key, TownPlace] = {}
        for place in self._places.values():
            self._cities.setdefault(_of_place(place), place)
        self._towns: dict[_Key, list[Row]] = defaultdict(list)
        for row in towns:
            if not row.is_other:
                self._towns[_key(row.keys)].append(row)
        self._airports = _airports(self._places.values())

    def has(self, row: Row) -> bool:
        """Whether the city is on the map."""
        return not row.is_other and _key(row.keys) in self._cities

    def city(self, row: Row) -> City:
        """Describes the city of a row: it is where those of its residents are who are the most in one town."""
        key = _key(row.keys)
        towns = [self._town(one) for one in self._towns[key]]
        here = (place for town in towns if (place := self._of(town.town)) and _of_place(place) == key)
        place = next(here, self._cities[key])
        return City(
            city=place.city,
            country=place.country,
            method=place.method,
            latitude=place.latitude or 0.0,
            longitude=place.longitude or 0.0,
            time_zone=place.time_zone,
            airport=_airport(place, self._airports),
            towns=towns,
            row=row,
        )

    def _of(self, town: str) -> TownPlace | None:
        return self._places.get(fold(town))

    def _town(self, row: Row) -> CityTown:
        town = row.keys["town"] or ""
        place = self._of(town)
        return CityTown(town, place.method if place else TownPlace.Method.UNPLACED, _alternatives(place), row)


def _of_place(place: TownPlace) -> _Key:
    return place.city, place.country or None


def _key(keys: Mapping[str, str | None]) -> _Key:
    return keys["city"], keys["country"]


def _alternatives(place: TownPlace | None) -> list[TownCandidate]:
    """Lists the other cities that the name of a town may mean, the likeliest first; none where staff said which."""
    if place is None or place.method == TownPlace.Method.ALIAS:
        return []
    return [TownCandidate.of(one) for one in place.alternatives]


def _airports(places: Iterable[TownPlace]) -> dict[int, tuple[str, str | None]]:
    """Reads the names and codes of the airports that places are near to."""
    numbers = {place.airport_id for place in places if place.airport_id is not None}
    # Not as objects of the model: there may be thousands.
    rows = StoredAirport.objects.live().filter(pk__in=numbers).values_list("pk", "name", "iata", "icao")
    return {number: (name, iata or icao) for number, name, iata, icao in rows}


def _airport(place: TownPlace, airports: Mapping[int, tuple[str, str | None]]) -> Airport | None:
    found = airports.get(place.airport_id or 0)
    if place.airport_id is None or found is None or place.airport_distance is None:
        return None
    return Airport(place.airport_id, *found, round(place.airport_distance, _DECIMALS_OF_A_METRE))
