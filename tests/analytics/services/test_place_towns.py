"""Placing the towns of the aggregates."""

import random
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from airports.models import Airport
from airports.services.flag_airport import flag_airport
from airports.services.update_airport import update_airport
from analytics.folding import fold
from analytics.models import CurrentSegment, Spelling, TownAlias, TownPlace
from analytics.services.placing.demand_towns import airports_changed, all_towns, any_town_without_place
from analytics.services.placing.place_towns import Placing, place_all_towns, place_towns
from analytics.services.placing.town_aliases import set_alias
from tests.airports.builders import make_airport, make_valencia
from tests.analytics.places.sample import cases

pytestmark = pytest.mark.django_db
KYIV = 703448
COUNTS = {"age_group": 0, "channel": "c", "gender": "male", "buyers": 1}
COLUMNS = [field.name for field in TownPlace._meta.concrete_fields if field.name != "placed_at"]


def demand(*towns: str, courses: int = 1) -> None:
    """One segment of the current picture for each town."""
    for town in towns:
        CurrentSegment.objects.create(town=fold(town), residents=courses, courses=courses, **COUNTS)
        spell(town, residents=courses)


def spell(town: str, *, residents: int = 0) -> None:
    """A spelling of a town; of a delivery that is not current unless it has `residents`."""
    known = {"kind": "town", "fold": fold(town), "spelling": town}
    Spelling.objects.create(**known, residents=residents, delivered=residents + 1)


def places() -> list[dict[str, object]]:
    """What is stored, without the moments."""
    return list(TownPlace.objects.order_by("town").values(*COLUMNS))


def test_what_stands_in_the_aggregates_is_placed_once() -> None:
    demand("Kyiv", "Xyzzy")
    spell("Barcelna")
    assert any_town_without_place()
    assert place_towns() == Placing(placed=1, unplaced=2)
    assert (place_towns(), any_town_without_place()) == (Placing(), False)
    place = TownPlace.objects.get(pk="kyiv")
    assert (place.method, place.city, place.country, place.geoname_id, place.time_zone) == (
        "name", "Kyiv", "UA", KYIV, "Europe/Kyiv",
    )  # fmt: skip
    assert (place.latitude, place.longitude) == (50.45466, 30.5238)
    misspelt = TownPlace.objects.get(pk="barcelna")
    assert (misspelt.method, misspelt.city, misspelt.latitude) == ("unplaced", "", None)
    assert misspelt.suggestions[0] == {
        "geoname_id": 3128760, "name": "Barcelona", "country": "ES", "population": 1686208, "similarity": 0.94,
    }  # fmt: skip


def test_the_nearest_live_airport_is_told_with_the_metres_to_it() -> None:
    near, far = make_valencia(), make_airport("Far", 0.0, 0.0)
    place_towns(towns=["Valencia, Spain"])
    place = TownPlace.objects.get()
    assert (place.method, place.airport_id, round(place.airport_distance or 0)) == ("airport_city", near.pk, 8917)
    flag_airport(airport_id=near.pk, actor=None)
    place_towns(towns=["Valencia, Spain"])
    place = TownPlace.objects.get()
    assert (place.method, place.airport_id, round(place.airport_distance or 0, -3)) == ("name", far.pk, 4389000)


def test_without_airports_a_town_has_none() -> None:
    place_towns(towns=["Kyiv"])
    place = TownPlace.objects.get()
    assert (place.airport_id, place.airport_distance) == (None, None)


def test_a_city_that_only_an_airport_knows_is_where_the_airport_is() -> None:
    airport = make_airport("Small Strip", 40.0, -4.0, city="Pueblo Nadie", country="Spain", tz="Europe/Madrid")
    place_towns(towns=["pueblo nadie"])
    place = TownPlace.objects.get()
    assert (place.method, place.city, place.country, place.geoname_id) == ("airport_city", "Pueblo Nadie", "ES", None)
    assert (place.latitude, place.time_zone, place.airport_id) == (40.0, "Europe/Madrid", airport.pk)
    assert place.airport_distance == pytest.approx(0, abs=0.01)


def test_a_change_of_the_airports_is_noticed_and_places_all_towns_anew() -> None:
    demand("Pueblo Nadie")
    place_towns()
    assert (airports_changed(), TownPlace.objects.get().method) == (False, "unplaced")
    airport = make_airport("Small Strip", 40.0, -4.0, city="Pueblo Nadie", country="Spain")
    assert (airports_changed(), place_all_towns(), airports_changed()) == (True, Placing(placed=1), False)
    update_airport(airport_id=airport.pk, values={"city": None}, actor=None)
    assert (airports_changed(), place_all_towns()) == (True, Placing(unplaced=1))


def test_towns_that_no_delivery_has_any_more_are_forgotten_but_not_their_aliases() -> None:
    demand("Kyiv")
    place_towns(towns=["Kyiv", "Lviv"])
    set_alias(town="Capital", geoname_id=KYIV, actor=None)
    place_all_towns()
    assert sorted(TownPlace.objects.values_list("pk", flat=True)) == ["capital", "kyiv"]
    assert TownAlias.objects.count() == 1


def test_the_oldest_places_are_the_first_to_be_placed_anew() -> None:
    demand("Kyiv", "Lviv", "Madrid")
    place_towns(towns=["Kyiv", "Lviv"])
    TownPlace.objects.filter(pk="lviv").update(placed_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert all_towns() == ["Madrid", "Lviv", "Kyiv"]


def test_the_order_of_towns_and_how_often_they_are_placed_makes_no_difference() -> None:
    make_valencia()
    towns = ["Valencia", "València", "Kyiv", "Xyzzy", "😀" * 256, "a" * 256, "San José", "Santiago", "Odessa"]
    place_towns(towns=towns)
    found = places()
    random.Random(1).shuffle(towns)
    for town in towns:
        place_towns(towns=[town])
    place_towns(towns=[*towns, *towns])
    assert places() == found


def test_staffs_aliases_of_the_sample_are_all_above_what_names_say() -> None:
    aliased = [case for case in cases() if case.alias is not None]
    TownAlias.objects.bulk_create(TownAlias(town=fold(case.town), geoname_id=case.alias or 0) for case in aliased)
    assert place_towns(towns=[case.town for case in aliased]) == Placing(placed=20)
    found = dict(TownPlace.objects.filter(method="alias").values_list("town", "geoname_id"))
    assert found == {fold(case.town): case.expected for case in aliased}


def test_an_alias_whose_city_is_gone_places_nothing_by_a_guess() -> None:
    TownAlias.objects.create(town="kyiv", geoname_id=1)
    place_towns(towns=["Kyiv"])
    place = TownPlace.objects.get()
    assert (place.method, place.geoname_id, place.suggestions[0]["name"]) == ("unplaced", None, "Kyiv")


def test_more_towns_than_one_transaction_takes() -> None:
    towns = [f"Kyiv {number}" for number in range(150)]
    assert place_towns(towns=towns) == Placing(unplaced=150)
    assert TownPlace.objects.filter(placed_at__lte=timezone.now()).count() == 150
    assert Airport.objects.count() == 0
