"""Placing the towns of the aggregates."""

import random
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from airports.models import Airport
from airports.services.flag_airport import flag_airport
from airports.services.update_airport import update_airport
from analytics.models import CurrentSegment, PublishedPlace, Spelling, TownAlias, TownPlace
from analytics.services.counting.publish_segments import published_places
from analytics.services.placing import placer
from analytics.services.placing.demand_towns import airports_changed, all_towns, any_town_without_place
from analytics.services.placing.place_towns import Placing, place_all_towns, place_towns
from analytics.services.placing.town_aliases import set_alias
from config.common.spellings import fold
from tests.airports.builders import make_airport, make_valencia
from tests.analytics.counted import make
from tests.analytics.places.sample import cases

pytestmark = pytest.mark.django_db
KYIV = 703448
COUNTS = {"age_group": 0, "channel": "c", "gender": "male", "buyers": 1, "squares": 1}
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
    spell("Varshobias")
    assert any_town_without_place()
    assert place_towns() == Placing(placed=1, unplaced=2)
    assert (place_towns(), any_town_without_place()) == (Placing(), False)
    place = TownPlace.objects.get(pk="kyiv")
    assert (place.method, place.city, place.country, place.geoname_id, place.time_zone) == (
        "name", "Kyiv", "UA", KYIV, "Europe/Kyiv",
    )  # fmt: skip
    assert (place.latitude, place.longitude) == (50.45466, 30.5238)
    misspelt = TownPlace.objects.get(pk="varshobias")
    assert (misspelt.method, misspelt.city, misspelt.latitude) == ("unplaced", "", None)
    assert misspelt.suggestions[0] == {
        "geoname_id": 756135, "name": "Warsaw", "country": "PL", "population": 1702139, "similarity": 0.78,
        "alternative": False,
    }  # fmt: skip


def test_with_nothing_to_place_the_names_of_the_worlds_cities_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    demand("Petersburg")
    place_towns()
    assert TownPlace.objects.ambiguous().count() == 1

    def read(*_: object) -> None:
        raise AssertionError("read")

    monkeypatch.setattr(placer, "name_index", read)
    assert place_towns() == Placing()
    with pytest.raises(AssertionError, match="read"):
        place_towns(towns=["Kyiv"])


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
    airport = make_airport(
        "Small Strip", 40.0, -4.0, city="Pueblo Nadie", country="Spain", tz="Europe/Madrid", iata="XPN"
    )
    place_towns(towns=["pueblo nadie"])
    place = TownPlace.objects.get()
    assert (place.method, place.city, place.country, place.geoname_id) == ("airport_city", "Pueblo Nadie", "ES", None)
    assert (place.latitude, place.time_zone, place.airport_id) == (40.0, "Europe/Madrid", airport.pk)
    assert place.airport_distance == pytest.approx(0, abs=0.01)


def test_a_change_of_the_airports_is_noticed_and_places_all_towns_anew() -> None:
    demand("Pueblo Nadie")
    place_towns()
    assert (airports_changed(), TownPlace.objects.get().method) == (False, "unplaced")
    airport = make_airport("Small Strip", 40.0, -4.0, city="Pueblo Nadie", country="Spain", iata="XPN")
    assert (airports_changed(), place_all_towns(), airports_changed()) == (True, Placing(placed=1), False)
    update_airport(airport_id=airport.pk, values={"city": None}, actor=None)
    assert (airports_changed(), place_all_towns()) == (True, Placing(unplaced=1))


def test_towns_that_no_delivery_has_any_more_are_forgotten_but_not_their_aliases() -> None:
    demand("Kyiv")
    place_towns(towns=["Kyiv", "Lviv"])
    set_alias(town="Capital", geoname_id=KYIV, actor=None)
    published_places(["kyiv", "lviv"])
    place_all_towns()
    assert set(PublishedPlace.objects.values_list("pk", flat=True)) == {"kyiv"}
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
    towns = [f"Xyzzyqu{number}" for number in range(150)]
    assert place_towns(towns=towns) == Placing(unplaced=150)
    assert TownPlace.objects.filter(placed_at__lte=timezone.now()).count() == 150
    assert Airport.objects.count() == 0


SPAIN = ["Madrid", "Murcia", "Bilbao", "Badajoz", "Vigo"]


def delivered(*towns: str, source: str = "s", is_current: bool = True) -> None:
    """A counted delivery with these towns."""
    make(source, {(town, 0, "c", "male"): (5, 5, 5) for town in towns}, is_current=is_current)


def countries(*towns: str) -> dict[str, str]:
    """Where these towns are placed."""
    found = dict(TownPlace.objects.values_list("pk", "country"))
    return {town: found[fold(town)] for town in towns if fold(town) in found}


def test_where_the_other_towns_of_the_delivery_are_says_which_city_is_meant() -> None:
    delivered("Valencia", "León", "Zuheros", *SPAIN)
    assert place_towns() == Placing(placed=8)
    assert countries("Valencia", "León", "Zuheros") == {"Valencia": "ES", "León": "ES", "Zuheros": "ES"}
    TownPlace.objects.all().delete()
    assert place_towns(towns=["Valencia", "León", "Zuheros"]) == Placing(placed=2, unplaced=1)
    assert countries("Valencia", "León") == {"Valencia": "VE", "León": "MX"}


def test_how_many_towns_are_placed_at_once_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    # With its neighbours' small town placed the second delivery would have five, and be evidence for another one.
    delivered("Aielo de Malferit", "Zuheros", *SPAIN)
    delivered("Aielo de Malferit", "Zuheros", "León", *SPAIN[:4], source="other")
    delivered("Zuheros", "Otos", source="third")
    found = place_towns(), places()
    TownPlace.objects.all().delete()
    monkeypatch.setattr("analytics.services.placing.place_towns._AT_ONCE", 1)
    assert (place_towns(), places()) == found


def test_few_towns_old_deliveries_and_doubtful_towns_are_no_evidence() -> None:
    delivered("Valencia", *SPAIN[:4], "Córdoba")
    delivered("Valencia", *SPAIN, source="old", is_current=False)
    place_towns()
    assert countries("Valencia", "Córdoba") == {"Valencia": "VE", "Córdoba": "AR"}


def test_what_is_ambiguous_is_looked_at_again_when_other_towns_are_placed() -> None:
    delivered("Valencia")
    place_towns()
    assert countries("Valencia") == {"Valencia": "VE"}
    delivered("Valencia", *SPAIN, source="other")
    assert (place_towns(), countries("Valencia")) == (Placing(placed=5), {"Valencia": "ES"})
    assert [one["country"] for one in TownPlace.objects.get(pk="valencia").alternatives] == ["VE", "US"]


def test_the_alternatives_of_an_ambiguous_town_are_kept_and_one_can_be_chosen() -> None:
    demand("Petersburg", "Kyiv")
    place_towns()
    place = TownPlace.objects.get(pk="petersburg")
    assert [(one["name"], one["country"], one["geoname_id"]) for one in place.alternatives] == [
        ("Petersburg", "US", 4778626)
    ]
    assert [place.pk for place in TownPlace.objects.ambiguous()] == ["petersburg"]
    assert TownPlace.objects.get(pk="kyiv").alternatives == []
    chosen = set_alias(town="Petersburg", geoname_id=4778626, actor=None)
    assert [(one["name"], one["country"]) for one in chosen.alternatives] == [("Saint Petersburg", "RU")]
    assert not TownPlace.objects.ambiguous().exists()
