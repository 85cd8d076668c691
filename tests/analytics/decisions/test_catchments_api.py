"""`/analytics/catchments` over HTTP."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from airports.models import Airport
from analytics.services.asking.questions import COUNTS, MEASURES
from tests.airports.builders import make_airport, make_valencia
from tests.analytics.api.test_demand import cells, errors
from tests.analytics.counted import make, place
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db
URL = "/analytics/catchments"


@pytest.fixture
def valencia() -> Airport:
    """Two cities near one airport, one far from another, and one town on no map."""
    near, far = make_valencia(), make_airport("=Far", 10.0, 20.0)
    place("Valencia", airport_id=near.pk, airport_distance=8203.5)
    place("Gandia", airport_id=near.pk, airport_distance=70_000.0)
    place("Remote", country="TD", airport_id=far.pk, airport_distance=200_000.001)
    sizes = {"Valencia": 20, "Gandia": 10, "Remote": 50, "Villabajo": 6}
    make("a", {(town, 1, "tv", "male"): (size, 2 * size, size) for town, size in sizes.items()})
    make("b", {("Valencia", 2, "radio", "female"): (30, 15, 10)})
    return near


def test_a_row_has_its_airport_how_many_cities_and_what_demand_has(manager: APIClient, valencia: Airport) -> None:
    body = manager.get(URL).json()
    first, rest = body["data"]
    assert first["airport"] == {
        "id": valencia.pk, "iata": "VLC", "name": "Valencia Airport", "city": "Valencia", "country": "Spain",
        "latitude": 39.4893, "longitude": -0.481625,
    }  # fmt: skip
    assert list(first) == ["airport", "cities", *MEASURES]
    assert [first[name] for name in ("cities", *COUNTS)] == [2, 60, 75, 40]
    # The most courses, and yet the last.
    assert (rest["airport"], [rest[name] for name in ("cities", *COUNTS)]) == (None, [2, 56, 112, 56])
    demand = manager.get("/analytics/demand?group_by=city").json()
    assert (body["count"], body["next"], body["meta"]) == (2, None, demand["meta"])


def test_the_radius_says_how_far_a_catchment_reaches(manager: APIClient, valencia: Airport) -> None:
    for radius, residents in (("0", [116]), ("8203.5", [50, 66]), ("69999", [50, 66]), ("200000.001", [50, 60, 6])):
        rows = manager.get(f"{URL}?radius={radius}").json()["data"]
        assert sorted(row["residents"] for row in rows) == sorted(residents)
    for wrong in ("-1", "far", "nan", "1e99", ""):
        assert [pointer for pointer, _code in errors(manager.get(f"{URL}?radius={wrong}"))] == ["?radius"]


def test_filters_base_order_and_pages_are_those_of_demand(manager: APIClient, valencia: Airport) -> None:
    [row] = manager.get(f"{URL}?channel=radio&index_base=all").json()["data"]
    # 15 courses of 30 residents against 187 of 116.
    assert (row["residents"], row["index"]) == (30, 31.02)
    page = manager.get(f"{URL}?radius=1e6&ordering=-airport&limit=1").json()
    assert (page["data"][0]["airport"]["name"], page["count"]) == ("Valencia Airport", 3)
    assert manager.get(page["next"]).json()["data"][0]["airport"]["name"] == "=Far"
    assert errors(manager.get(f"{URL}?ordering=city&import_id=0&group_by=city")) == [
        ("?group_by", "unknown_parameter"), ("?ordering", "invalid_choice"),
    ]  # fmt: skip
    assert errors(manager.get(f"{URL}?import_id=0")) == [("?import_id", "invalid_choice")]


def test_csv_and_geojson_have_all_rows(manager: APIClient, valencia: Airport) -> None:
    header, first, second, rest = cells(manager.get(f"{URL}?radius=1e6&limit=1&format=csv"))
    assert header[:9] == [*(f"airport_{name}" for name in (
        "id", "iata", "name", "city", "country", "latitude", "longitude",
    )), "cities", "residents"]  # fmt: skip
    assert (first[1:3], first[7:9]) == (["", "'=Far"], ["1", "50"])
    assert (second[:3], rest[:9]) == ([str(valencia.pk), "VLC", "Valencia Airport"], [""] * 7 + ["1", "6"])
    answer: Any = manager.get(URL, HTTP_ACCEPT="application/geo+json")
    body = json.loads(b"".join(answer.streaming_content))
    [feature] = body["features"]
    rows = manager.get(URL).json()["data"]
    assert (feature["id"], feature["properties"], body["unplaced"]) == (valencia.pk, rows[0], rows[1:])
    assert feature["geometry"] == {"type": "Point", "coordinates": [-0.481625, 39.4893]}


def test_viewers_get_published_figures_and_nobody_else_gets_any(client_of: Any, valencia: Airport) -> None:
    make("c", {("Gandia", 0, "tv", "male"): (3, 9, 3)})
    rows = client_of("Viewers").get(f"{URL}?channel=tv").json()["data"]
    demand = client_of("Viewers").get("/analytics/demand?group_by=city&channel=tv").json()["data"]
    assert sum(row["residents"] for row in rows) == sum(row["residents"] for row in demand) == 86
    assert problem(APIClient().get(URL))["status"] == 401
