"""The demand by nearest airport against the same worked out in Python."""

from collections import defaultdict
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airports.models import Airport
from analytics.models import PublishedPlace, TownPlace
from analytics.services.asking.find_cities import find_cities
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.questions import COUNTS, MEASURES, UNPLACED, Question
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.deciding.catchments import Catchments, find_catchments
from analytics.services.placing.place_towns import place_towns
from config.common.accounts.services.tokens import issue_token
from config.common.spellings import fold
from imports.demo.deliveries import make_demo
from tests.airports.builders import make_airport
from tests.analytics.counted import CHANNELS, GENDERS, PLACED, TOWNS, Made, crowd, make, naive, place
from tests.analytics.services.test_find_demand import LABELS, some
from tests.effort import tries
from tests.imports.world import load

pytestmark = pytest.mark.django_db
# Metres from each city to the airport of this number.
AWAY = {("Kyiv", "UA"): (0, 150_000.0), ("Kyiv", "FR"): (1, 200_000.0), ("Lyon", "FR"): (1, 20_000.0)}
FILTERED: dict[str, Any] = {
    "countries": some(("UA", "FR", UNPLACED)),
    "cities": some(("Kyiv", "Lyon", "other")),
    "towns": some(TOWNS),
    "age_groups": some(LABELS),
    "channels": some(CHANNELS),
    "genders": some(GENDERS),
    "sources": some(("a", "b")),
}


@pytest.fixture
def actors() -> dict[str, User]:
    for role in ("Editors", "Viewers"):
        issue_token(username=role, role=role)
    return {user.username: user for user in User.objects.all()}


@pytest.fixture
def airports() -> list[Airport]:
    """Two airports of one name; the cities of the crowd lie around them, of six towns two on no map."""
    made = [make_airport("Twin", 50.4, 30.9), make_airport("Twin", 45.7, 5.1, iata="LYS", city="Lyon")]
    for town, (city, country) in PLACED.items():
        number, metres = AWAY[city, country]
        place(town, city=city, country=country, airport_id=made[number].pk, airport_distance=metres)
    return made


@pytest.fixture
def imports(airports: list[Airport]) -> list[Made]:
    return [make(source, crowd(seed)) for seed, source in enumerate("ab")]


def by_airport(found: Catchments) -> dict[int | None, list[int]]:
    """The counts of each row by the id of its airport, of which each has one row."""
    ids = [one.airport.id if one.airport else None for one in found.rows]
    rows = dict(zip(ids, ([getattr(one.row, name) for name in COUNTS] for one in found.rows), strict=True))
    assert len(rows) == len(found.rows) == found.count
    return rows


@pytest.mark.parametrize("role", ["Editors", "Viewers"])
@settings(max_examples=tries(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.builds(Question, **FILTERED), radius=st.sampled_from((0, 20_000, 149_999.9, 150_000, 199_999, 2e5)))
def test_rows_are_the_sums_of_the_cities_around_each_airport(
    role: str, airports: list[Airport], imports: list[Made], actors: dict[str, User], question: Question, radius: float
) -> None:
    by_city = replace(question, group_by=("city",))
    current = [(made.source, made.now) for made in imports]
    wanted: dict[int | None, Any] = defaultdict(lambda: np.zeros(3, dtype=np.int64))
    for key, counts in naive(current, by_city, restricted=role == "Viewers").items():
        number, metres = AWAY.get(key, (0, 1e9))
        wanted[airports[number].pk if metres <= radius else None] += counts
    found = find_catchments(question=question, actor=actors[role], radius=radius)
    assert by_airport(found) == {key: counts.tolist() for key, counts in wanted.items()}
    demand = find_demand(question=by_city, actor=actors[role])
    assert [sum(values) for values in zip(*by_airport(found).values(), strict=True)] == [
        total for name in COUNTS if (total := sum(getattr(row, name) for row in demand.rows)) or demand.rows
    ]
    assert found.meta == demand.meta
    for one in found.rows:
        assert one.row.index is None or one.row.index_low <= one.row.index <= one.row.index_high  # type: ignore[operator]


def test_rows_know_their_airport_and_cities_and_stand_in_order(
    airports: list[Airport], imports: list[Made], actors: dict[str, User]
) -> None:
    found = find_catchments(question=Question(), actor=actors["Editors"])
    sizes = [one.row.courses for one in found.rows[:-1]]
    assert (len(sizes), sizes) == (2, sorted(sizes, reverse=True))
    cities = {one.airport and one.airport.id: set(one.cities) for one in found.rows}
    assert cities == {
        airports[0].pk: {("Kyiv", "UA")},
        airports[1].pk: {("Kyiv", "FR"), ("Lyon", "FR")},
        None: {("other", None), ("=1+1", None)},
    }
    lyon = next(one for one in found.rows if len(one.cities) == 2 and one.airport)
    demand = find_demand(question=Question(group_by=("city",), countries=("FR",)), actor=actors["Editors"])
    assert lyon.cities == [(row.keys["city"], row.keys["country"]) for row in demand.rows]
    assert (lyon.airport and lyon.airport.iata) == "LYS"
    # What has no airport is the last, whatever the order; two of one name stand by their ids.
    for ordering in (("courses",), ("airport",), ("-airport",), ("-index_low",)):
        rows = find_catchments(question=Question(ordering=ordering), actor=actors["Editors"]).rows
        assert [one.airport is None for one in rows] == [False, False, True]
    page = find_catchments(question=Question(limit=1, offset=1), actor=actors["Editors"])
    assert (page.rows, page.count) == (found.rows[1:2], 3)


def test_a_viewer_finds_what_is_merged_in_the_row_without_an_airport(
    airports: list[Airport], actors: dict[str, User]
) -> None:
    sizes = {"Kyiv": 20, "a, b": 30, "Few": 4, "Fewer": 3}
    make("a", {(town, 1, "tv", "male"): (size, size, size) for town, size in sizes.items()})
    place("Few", country="UA", airport_id=airports[0].pk, airport_distance=1.0)
    found = find_catchments(question=Question(), actor=actors["Viewers"])
    assert by_airport(found) == {airports[0].pk: [20] * 3, airports[1].pk: [30] * 3, None: [7] * 3}
    assert (found.rows[-1].cities, found.meta.merged) == ([], 7)


def test_an_airport_that_is_flagged_is_near_no_city(
    airports: list[Airport], imports: list[Made], actors: dict[str, User]
) -> None:
    Airport.objects.filter(pk=airports[0].pk).update(is_deleted=True, deleted_at=timezone.now())
    assert set(by_airport(find_catchments(question=Question(), actor=actors["Editors"]))) == {airports[1].pk, None}


@pytest.mark.parametrize("role", ["Editors", "Viewers"])
def test_a_city_of_towns_near_different_airports_lies_where_the_map_has_it(
    role: str, airports: list[Airport], imports: list[Made], actors: dict[str, User]
) -> None:
    TownPlace.objects.filter(town=fold("Київ")).update(airport_id=airports[1].pk, airport_distance=10.0)
    PublishedPlace.objects.filter(town=fold("a, b")).update(city="Elsewhere")
    seen = set()
    for question in (
        Question(), Question(channels=("tv",)), Question(channels=("radio",)), Question(towns=("Київ",)),
        Question(genders=("male",)),
    ):  # fmt: skip
        on_map = find_cities(question=question, actor=actors[role]).placed
        near = {
            (city.city, city.country): city.airport.id
            for city in on_map
            if city.airport and city.airport.distance <= 200_000
        }
        found = find_catchments(question=question, actor=actors[role]).rows
        assert {city: one.airport.id for one in found if one.airport for city in one.cities} == near
        seen.add(near.get(("Kyiv", "UA")))
    assert {one.pk for one in airports} <= seen


@pytest.fixture
def demo() -> None:
    """Residents of many cities who are related, each city with an airport of its own."""
    for delivery in make_demo(citizens=400, seed=5, deliveries=1):
        load(delivery.citizens, source=delivery.source)
    refresh_demand()
    place_towns()
    TownPlace.objects.unplaced().update(method="name", city=F("town"), country="ES", latitude=1.0, longitude=1.0)
    refresh_demand()
    cities = TownPlace.objects.placed().order_by("city", "country").values_list("city", "country").distinct()
    for city, country in cities:
        airport = make_airport(f"{city} {country}")
        TownPlace.objects.filter(city=city, country=country).update(airport_id=airport.pk, airport_distance=1.0)


def test_a_row_of_one_city_has_what_the_demand_says_of_it(demo: None, actors: dict[str, User]) -> None:
    # Viewers' intervals are those of countries, in which more residents are related.
    told = {"Editors": MEASURES, "Viewers": (*COUNTS, "courses_per_100", "index")}
    for role, question in product(told, (Question(), Question(index_of_all=True, genders=("female",)))):
        found = find_catchments(question=question, actor=actors[role])
        demand = find_demand(question=replace(question, group_by=("city",)), actor=actors[role])
        cities = {(row.keys["city"], row.keys["country"]): row for row in demand.rows}
        alone = [one for one in found.rows if one.airport]
        assert alone
        for one in alone:
            [key] = one.cities
            assert [getattr(one.row, name) for name in told[role]] == [
                getattr(cities[key], name) for name in told[role]
            ]


def test_rows_are_those_of_the_map_and_one_of_all_cities_is_as_sure_as_all_residents_are(
    demo: None, actors: dict[str, User]
) -> None:
    actor = actors["Editors"]
    cities = find_cities(question=Question(), actor=actor)
    of_map = {city.airport.id: city.row.courses for city in cities.placed if city.airport}
    found = find_catchments(question=Question(), actor=actor)
    assert {one.airport.id: one.row.courses for one in found.rows if one.airport} == of_map
    TownPlace.objects.update(airport_id=min(of_map))
    question = Question(genders=("female",), index_of_all=True)
    [one] = find_catchments(question=question, actor=actor).rows
    [every] = find_demand(question=replace(question, group_by=()), actor=actor).rows
    for name in (name for name in MEASURES if name not in ("expected_index", "own_share")):
        assert getattr(one.row, name) == pytest.approx(getattr(every, name), abs=0.02)
