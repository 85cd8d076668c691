"""Which airport is nearest to each city of an answer."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace

from analytics.models import PublishedPlace, TownPlace
from analytics.services.asking.questions import Question
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_estimates import read_estimates
from analytics.services.asking.scopes import Scope
from config.common.spellings import fold

# The name and the country of a city.
CityKey = tuple[str | None, str | None]


def nearest_airports(
    question: Question, scope: Scope, cities: Collection[CityKey], *, metres: float, restricted: bool
) -> dict[CityKey, int]:
    """Gives the id of the airport nearest to each of the `cities` of a question, in the caller's snapshot; those
    without one at most `metres` away are not in it. The airport may have been deleted since.

    A city is where those of its residents are who are the most in one town, as `find_cities` has it. How many are in
    each town is read where the towns of a city are near different airports, which is rare.
    """
    places = _places(metres, restricted=restricted)
    found = {city: next(iter(towns.values())) for city, towns in places.items()}
    doubtful = {city for city in cities if len(set(places.get(city, {}).values())) > 1}
    for city, town in _largest_first(question, scope, restricted=restricted) if doubtful else ():
        if city in doubtful and town in places[city]:
            found[city] = places[city][town]
            doubtful.remove(city)
    return {city: airport for city in cities if (airport := found.get(city)) is not None}


def _places(metres: float, *, restricted: bool) -> dict[CityKey, dict[str, int | None]]:
    """Reads the airport within `metres` of each town of each city on the map, by the town's fold; callers who may not
    see residents are told nothing of a town that moved, before it was decided anew what they may see."""
    placed = TownPlace.objects.placed().order_by("town")
    known = placed.published(PublishedPlace.objects.all()) if restricted else placed
    found: dict[CityKey, dict[str, int | None]] = defaultdict(dict)
    for town, city, country, airport, away in known.values_list(
        "town", "city", "country", "airport_id", "airport_distance"
    ):
        found[city, country or None][town] = airport if away is not None and away <= metres else None
    return found


def _largest_first(question: Question, scope: Scope, *, restricted: bool) -> Iterator[tuple[CityKey, str]]:
    """Yields the city and the fold of each town of the answer, the most residents first."""
    by_town = replace(
        question, group_by=("city", "town"), min_residents=0, with_expected=False, ordering=("-residents",)
    )
    estimates = read_estimates(by_town, scope, restricted=restricted)
    names, countries, towns = estimates.groups.keys
    for number in Ranking(estimates, by_town).page().tolist():
        if not estimates.groups.is_other[number]:
            yield (names[number], countries[number]), fold(towns[number] or "")
