"""Finds the demand around each airport: one row is one area that a campaign can cover."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from django.contrib.auth.models import User

from airports.models import Airport
from analytics.areas import model_of_areas, pairs_of_areas, summed
from analytics.arrays import Column, Ints
from analytics.expectation import Model
from analytics.services.asking.estimates import Estimates
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.nearest import CityKey, nearest_airports
from analytics.services.asking.questions import COUNTS, LARGEST_DEMAND, Meta, Question, Row
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_estimates import read_estimates
from analytics.services.asking.read_groups import Groups
from analytics.services.asking.read_spread import Spread
from analytics.services.asking.scopes import Scope, scope_of
from analytics.services.counting.count_if_new import count_if_new
from config.common.db.snapshots import snapshot

# Metres: two hours by road, about as far as people go to an airport.
DEFAULT_RADIUS = 200_000.0
# By what rows are told apart, and sorted beside their measures: the airport's name, and its id.
KEYS = ("airport", "id")


class NearAirport(NamedTuple):
    """What is told of an airport: there may be thousands, too many for as many objects of the model."""

    id: int
    iata: str | None
    name: str
    city: str
    country: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Catchment:
    """An airport and its `cities`, names and countries, the most courses first; `airport` None: the cities without one
    near, towns that are not placed, and what is merged for callers who may not see residents."""

    airport: NearAirport | None
    cities: list[CityKey]
    row: Row


@dataclass(frozen=True, slots=True)
class Catchments:
    """A page of the catchments in the order asked for, how many there are, and what they are made of. What has no
    airport is one row, the last."""

    rows: list[Catchment]
    count: int
    meta: Meta


def find_catchments(*, question: Question, actor: User, radius: float = DEFAULT_RADIUS) -> Catchments:
    """Finds the demand by the nearest live airport of each city, at most `radius` metres from it; where a city is and
    which airport is near, `find_cities` knows. Counts are the sums of those of the cities, of each in one row.

    The most courses first unless the question says otherwise; its `group_by` is not asked. Raises as `find_demand`.
    """
    question = replace(question, group_by=("city",), ordering=question.ordering or LARGEST_DEMAND)
    restricted = is_restricted(actor)
    count_if_new(question.import_id)
    with snapshot():
        scope = scope_of(question)
        cities = read_estimates(question, scope, restricted=restricted)
        keys = list(zip(*cities.groups.keys, strict=True))
        near = nearest_airports(question, scope, keys, metres=radius, restricted=restricted)
        stored = Airport.objects.live().filter(pk__in=set(near.values())).values_list(*NearAirport._fields)
        live = {airport.id: airport for airport in map(NearAirport._make, stored)}
        merged = cities.groups.is_other.tolist()
        found = [None if other else near.get(key) for key, other in zip(keys, merged, strict=True)]
        areas = _Areas(
            cities, [one if one in live else None for one in found], live, _dispersion(cities, question, scope)
        )
        ranking = Ranking(areas.estimates, replace(question, group_by=KEYS))
        page = ranking.page(limit=question.limit, offset=question.offset)
        meta = scope.meta(merged=cities.groups.merged)
    rows = [
        Catchment(live.get(areas.airports[area] or 0), areas.cities(area), row)
        for area, row in zip(page.tolist(), ranking.rows(page), strict=True)
    ]
    return Catchments(rows=rows, count=ranking.count, meta=meta)


def _dispersion(cities: Estimates, question: Question, scope: Scope) -> float:
    """Gives how much courses vary for callers who may not see residents: in areas as in countries, for more of those
    who are related live in one area than in one city."""
    if cities.groups.spread is not None:
        return cities.dispersion
    by_country = replace(question, group_by=("country",), with_expected=False)
    return max(cities.dispersion, read_estimates(by_country, scope, restricted=True).dispersion)


class _Areas:
    """The areas of `cities`, of each of which the id of its airport is told; `live`: those of them that are."""

    def __init__(
        self, cities: Estimates, airports: Sequence[int | None], live: Mapping[int, NearAirport], dispersion: float
    ) -> None:
        self._groups = groups = cities.groups
        areas = Column.of(airports)
        self._of_area, self.airports = areas.numbers, areas.values
        self.estimates = _EstimatesOfAreas(
            groups=_joined(groups, areas.numbers, self.airports, live),
            names=KEYS,
            of_all=cities.of_all,
            cells=None,
            cell_names=KEYS,
            dispersion=dispersion,
            noise=cities.noise,
            of_cities=cities,
            of_area=areas.numbers,
        )

    def cities(self, area: int) -> list[CityKey]:
        """Lists the cities of an area that are named, the most courses first, then by name."""
        return self._cities[area]

    @cached_property
    def _cities(self) -> dict[int, list[CityKey]]:
        groups, (names, countries) = self._groups, self._groups.keys
        found: dict[int, list[CityKey]] = defaultdict(list)
        for one in sorted(range(len(names)), key=lambda one: (-groups.courses[one], names[one], countries[one] or "")):
            if not groups.is_other[one]:
                found[int(self._of_area[one])].append((names[one], countries[one]))
        return found


@dataclass(frozen=True, kw_only=True)
class _EstimatesOfAreas(Estimates):
    """Estimates of the areas of `of_cities`; what is expected follows from what is expected of these."""

    of_cities: Estimates
    of_area: Ints

    @cached_property
    def model(self) -> Model:
        residents = self.of_cities.groups.residents.astype(np.float64)
        return model_of_areas(self.of_cities.model, residents, self.of_area, len(self.groups.residents))


def _joined(groups: Groups, of_area: Ints, airports: Sequence[int | None], live: Mapping[int, NearAirport]) -> Groups:
    """Puts the groups of each area together; what has no airport comes last in every order, as what is merged does."""
    counts = {name: summed(getattr(groups, name), of_area, len(airports)).astype(np.int64) for name in COUNTS}
    named: list[str | None] = [live[airport].name if airport else None for airport in airports]
    ids: list[str | None] = [str(airport) if airport else None for airport in airports]
    return Groups(
        keys=(Column.of(named), Column.of(ids)),
        **counts,
        is_other=np.array([airport is None for airport in airports], dtype=np.int64),
        imports=np.zeros(len(airports), dtype=np.int64),
        spread=None if groups.spread is None else _spread(groups, groups.spread, of_area, len(airports)),
    )


def _spread(groups: Groups, spread: Spread, of_area: Ints, areas: int) -> Spread:
    courses = groups.courses.astype(np.float64)
    pairs = pairs_of_areas(spread.inside, spread.reaching, courses, of_area, areas)
    return Spread(summed(spread.squares, of_area, areas), *pairs)
