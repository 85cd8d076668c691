"""`/analytics/cities` over HTTP."""

import json
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from airports.models import Airport
from analytics.models import TownPlace
from analytics.services.asking.questions import MEASURES
from analytics.services.counting.refresh_demand import refresh_demand
from tests.airports.builders import make_valencia
from tests.analytics.api.test_demand import cells
from tests.analytics.counted import make, place, show_as_drawn

pytestmark = pytest.mark.django_db


@pytest.fixture
def airport() -> Airport:
    """Three towns of two cities on the map, one of them without an airport, and four that are not."""
    nearest = make_valencia()
    place("València", city="Valencia", method="spelling")
    alternative = {
        "geoname_id": 7,
        "name": "Valencia",
        "country": "VE",
        "population": 9,
        "similarity": 1.0,
        "alternative": True,
    }
    place(
        "Valencia",
        airport_id=nearest.pk,
        airport_distance=8203.51249,
        geoname_id=6,
        suggestions=[alternative | {"geoname_id": 6, "country": "ES", "alternative": False}, alternative],
    )
    place("=Mislata", latitude=39.4, longitude=-0.5, method="alias", suggestions=[alternative])
    place("Villabajo", method="unplaced", latitude=None, longitude=None, city="", country="", time_zone="")
    sizes = {"Valencia": 20, "València": 6, "=Mislata": 30, "Villabajo": 6, "Arriba": 7, "Few": 3, "Fewer": 2}
    make("a", {(town, 1, "tv", "male"): (size, size, size) for town, size in sizes.items()})
    return nearest


def features(client: APIClient, query: str = "") -> dict[str, Any]:
    answer: Any = client.get(f"/analytics/cities?{query}")
    body: dict[str, Any] = json.loads(b"".join(answer.streaming_content))
    return body


def test_whoever_takes_anything_gets_a_map(manager: APIClient, airport: Airport) -> None:
    body = features(manager)
    assert body["type"] == "FeatureCollection"
    assert [feature["id"] for feature in body["features"]] == ["=Mislata, ES", "Valencia, ES"]
    valencia = body["features"][1]
    assert valencia["geometry"] == {"type": "Point", "coordinates": [-0.4, 39.5]}
    properties = valencia["properties"]
    alternatives = [{"geoname_id": 7, "name": "Valencia", "country": "VE", "population": 9}]
    assert {name: properties[name] for name in properties if name not in MEASURES} == {
        "town": "Valencia", "method": "airport_city", "city": "Valencia", "country": "ES",
        "towns": [
            {"town": "Valencia", "method": "airport_city", "alternatives": alternatives, "residents": 20,
             "courses": 20, "buyers": 20},
            {"town": "València", "method": "spelling", "alternatives": [], "residents": 6, "courses": 6, "buyers": 6},
        ],
        "alternatives": alternatives,
        "time_zone": "Europe/Madrid",
        "airport": {"id": airport.pk, "name": "Valencia Airport", "code": "VLC", "distance": 8203.512},
    }  # fmt: skip
    assert (properties["residents"], properties["index"]) == (26, 100.0)
    assert body["features"][0]["properties"]["alternatives"] == []
    assert [row["town"] for row in body["unplaced"]] == ["Arriba", "Villabajo", "Few", "Fewer"]
    assert (body["bbox"], body["meta"]["imports"]) == ([-0.5, 39.4, -0.4, 39.5], 1)


def test_json_comes_in_pages(manager: APIClient, airport: Airport) -> None:
    body = manager.get("/analytics/cities?limit=1&ordering=city&format=json").json()
    assert [row["city"] for row in body["data"]] == ["=Mislata"]
    assert (body["count"], len(body["unplaced"]), body["data"][0]["airport"]) == (2, 4, None)
    assert (body["data"][0]["latitude"], body["data"][0]["longitude"]) == (39.4, -0.5)
    assert [row["city"] for row in manager.get(body["next"]).json()["data"]] == ["Valencia"]


def test_csv_holds_the_placed_and_the_rest(manager: APIClient, airport: Airport) -> None:
    header, *lines = cells(manager.get("/analytics/cities?limit=1&format=csv"))
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    assert [(row["city"], row["country"], row["method"], row["towns"]) for row in rows] == [
        ("'=Mislata", "ES", "alias", "'=Mislata"), ("Valencia", "ES", "airport_city", "Valencia; València"),
        ("Arriba", "", "unplaced", ""), ("Villabajo", "", "unplaced", ""), ("Few", "", "unplaced", ""),
        ("Fewer", "", "unplaced", ""),
    ]  # fmt: skip
    assert [row["airport_code"] for row in rows] == ["", "VLC", "", "", "", ""]
    assert rows[1]["airport_distance"] == "8203.512"


def test_of_two_places_of_a_city_the_one_of_most_residents_is_shown(manager: APIClient, airport: Airport) -> None:
    TownPlace.objects.filter(pk="valència").update(latitude=1.0, longitude=2.0)
    assert features(manager)["features"][1]["geometry"]["coordinates"] == [-0.4, 39.5]
    body = features(manager, "town=VALÈNCIA")
    assert [one["geometry"]["coordinates"] for one in body["features"]] == [[2.0, 1.0]]


def test_a_town_that_moved_is_on_the_map_of_those_who_see_residents_at_once(
    client_of: Any, manager: APIClient, airport: Airport
) -> None:
    show_as_drawn()
    TownPlace.objects.filter(pk="valència").update(country="VE", latitude=10.2, longitude=-68.0)
    assert [one["id"] for one in features(manager)["features"]] == ["=Mislata, ES", "Valencia, ES", "Valencia, VE"]
    assert [one["id"] for one in features(client_of("Viewers"))["features"]] == ["=Mislata, ES", "Valencia, ES"]
    refresh_demand()
    assert features(client_of("Viewers"))["features"][-1]["id"] == "Valencia, VE"


def test_of_a_town_that_moved_a_viewer_is_told_nothing_before_it_is_decided_what_they_may_see(
    client_of: Any, manager: APIClient, airport: Airport
) -> None:
    show_as_drawn()
    TownPlace.objects.filter(pk="valencia").update(country="VE", method="alternate_name")
    moved = {feature["id"]: feature["properties"]["towns"] for feature in features(manager)["features"]}
    assert [(one["method"], len(one["alternatives"])) for one in moved["Valencia, VE"]] == [("alternate_name", 1)]
    kept = {feature["id"]: feature["properties"]["towns"] for feature in features(client_of("Viewers"))["features"]}
    assert [(one["method"], one["alternatives"]) for one in kept["Valencia, ES"] if one["town"] == "Valencia"] == [
        ("unplaced", [])
    ]


def test_a_flagged_airport_is_near_no_town(manager: APIClient, airport: Airport) -> None:
    Airport.objects.filter(pk=airport.pk).update(is_deleted=True, deleted_at=timezone.now())
    assert [one["properties"]["airport"] for one in features(manager)["features"]] == [None, None]


def test_filters_hold_for_both(manager: APIClient, airport: Airport) -> None:
    body = features(manager, "town=Valencia&town=Few&town=Arriba&min_residents=5")
    assert [one["id"] for one in body["features"]] == ["Valencia, ES"]
    assert [row["town"] for row in body["unplaced"]] == ["Arriba"]
    assert features(manager, "channel=radio")["features"] == []


def test_a_viewer_sees_what_is_merged_among_the_rest(client_of: Any, airport: Airport) -> None:
    place("other")
    place("Few")
    body = features(client_of("Viewers"))
    assert [one["id"] for one in body["features"]] == ["=Mislata, ES", "Valencia, ES"]
    assert [(row["town"], row["residents"]) for row in body["unplaced"]] == [
        ("Arriba", 7),
        ("Villabajo", 6),
        ("other", 5),
    ]


def test_an_empty_map_is_a_map(manager: APIClient) -> None:
    body = features(manager)
    assert (body["type"], body["features"], body["unplaced"]) == ("FeatureCollection", [], [])


def test_a_least_number_of_residents_does_not_change_how_many_are_merged(client_of: Any, airport: Airport) -> None:
    client = client_of("Viewers")
    of_cities, of_demand = (
        client.get(f"/analytics/{asked}&min_residents=1000&format=json").json()["meta"]["merged"]
        for asked in ("cities?", "demand?group_by=city")
    )
    assert of_cities == of_demand > 0
