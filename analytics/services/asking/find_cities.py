"""Finds the demand on the map."""

from collections.abc import Iterable
from dataclasses import replace

from django.contrib.auth.models import User

from airports.models import Airport as StoredAirport
from analytics.models import TownPlace
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.questions import LARGEST_DEMAND, Airport, Cities, City, Question, Row
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_groups import read_groups
from analytics.services.asking.scopes import scope_of
from analytics.services.counting.count_if_new import count_if_new
from config.common.db.snapshots import snapshot

_DECIMALS_OF_A_METRE = 3


def find_cities(*, question: Question, actor: User) -> Cities:
    """Finds towns with their demand: placed ones, the most courses first unless the question says otherwise, and the
    rest by their courses. What is merged for callers who may not see residents is among the rest.

    The question's `group_by` is not asked. Raises as `find_demand` does.
    """
    question = replace(question, group_by=("town",), ordering=question.ordering or LARGEST_DEMAND)
    count_if_new(question.import_id)
    with snapshot():
        scope = scope_of(question)
        groups = read_groups(question, scope, restricted=is_restricted(actor))
        places = {place.town: place for place in TownPlace.objects.placed()}
        airports = _airports(places.values())
        meta = scope.meta()
    ranking = Ranking(groups, question)
    rows = ranking.rows(ranking.page())
    placed = [row for row in rows if not row.is_other and row.keys["town"] in places]
    rest = [row for row in rows if row.is_other or row.keys["town"] not in places]
    stop = None if question.limit is None else question.offset + question.limit
    cities = [_city(row, places[row.keys["town"]], airports) for row in placed[question.offset : stop]]
    rest.sort(key=lambda row: (-row.courses, row.is_other, row.keys["town"]))
    return Cities(placed=cities, count=len(placed), unplaced=rest, meta=meta)


def _airports(places: Iterable[TownPlace]) -> dict[int, StoredAirport]:
    numbers = {place.airport_id for place in places if place.airport_id is not None}
    return StoredAirport.objects.live().only("name", "iata", "icao").in_bulk(list(numbers))


def _city(row: Row, place: TownPlace, airports: dict[int, StoredAirport]) -> City:
    return City(
        town=place.town,
        method=place.method,
        city=place.city,
        country=place.country,
        latitude=place.latitude or 0.0,
        longitude=place.longitude or 0.0,
        time_zone=place.time_zone,
        airport=_airport(place, airports),
        row=row,
    )


def _airport(place: TownPlace, airports: dict[int, StoredAirport]) -> Airport | None:
    found = airports.get(place.airport_id or 0)
    if found is None or place.airport_distance is None:
        return None
    return Airport(found.pk, found.name, found.iata or found.icao, round(place.airport_distance, _DECIMALS_OF_A_METRE))
