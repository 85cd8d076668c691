"""`GET /airports`: filters, order, pages and representations."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from airports.fields import NAMES
from airports.services.flag_airport import flag_airport
from tests.airports.api.test_airports import errors
from tests.airports.builders import VALENCIA, make_airport, make_valencia

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(client_of: Callable[[str], APIClient]) -> APIClient:
    """An API client of a viewer."""
    return client_of("Viewers")


def names(client: APIClient, **query: object) -> list[str]:
    """The names that the list holds."""
    answer = client.get("/airports?" + urlencode(query))
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["data"]]


def streamed(answer: Any) -> bytes:
    """The whole body."""
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize(
    "query",
    [
        {"q": "valenc"},
        {"q": "SPAIN"},
        {"q": "vlc"},
        {"q": "LEVC"},
        {"country": "spain"},
        {"country": "ES"},
        {"country": "esp"},
        {"city": "VALENCIA"},
        {"iata": "vlc"},
        {"icao": "LEVC"},
        {"tz": "Europe/Madrid"},
        {"type": "Airport"},
        {"source": "ourairports"},
        {"near": "39,0", "radius": "100000"},
        {"bbox": "-1,39,0,40"},
        {"q": "val", "country": "ES", "bbox": "-1,39,0,40", "near": "39,0", "radius": "1e5"},
    ],
)
def test_a_filter_finds_what_it_names_and_nothing_else(viewer: APIClient, query: dict[str, str]) -> None:
    make_valencia()
    make_airport("Elsewhere", 10.0, 10.0, city="X", country="Y", iata="ABC", icao="ABCD", type="X", source="Y")
    make_airport("Unknown", 20.0, 20.0)
    assert names(viewer, **query) == ["Valencia Airport"]


# As OpenFlights has them, and as people type them.
AS_TYPED = {
    "Bogota": ["Bogotá", "BOGOTA", "bogota\u0301", "\u202bBogota\u202c"],
    "Medellin": ["Medellín", "medellin"],
    "La Coruna": ["La Coruña", "la  coruña", "La-Coruna"],
    "Málaga": ["Malaga", "MÁLAGA", "málaga"],
    "Port O'Connor": ["Port O’Connor", "port oʼconnor", "PORT O`CONNOR", "Port OConnor"],
    "St.-Denis": ["St. Denis", "St.–Denis"],
}


@pytest.mark.parametrize(("city", "typed"), [(city, one) for city, typed in AS_TYPED.items() for one in typed])
@pytest.mark.parametrize("name", ["q", "city"])
def test_a_city_is_found_as_people_type_it(viewer: APIClient, city: str, typed: str, name: str) -> None:
    for number, other in enumerate(AS_TYPED):
        make_airport(f"Field {number}", city=other, country="Côte d'Ivoire")
    assert [row["city"] for row in viewer.get("/airports", {name: typed}).json()["data"]] == [city]


@pytest.mark.parametrize("country", ["Côte d'Ivoire", "cote d’ivoire", "Cote dIvoire", "ci", "CIV"])
def test_a_country_is_found_as_people_type_it(viewer: APIClient, country: str) -> None:
    make_airport("Abidjan", country="Cote D'ivoire")
    make_airport("Nowhere")
    assert names(viewer, country=country) == ["Abidjan"]


@pytest.mark.parametrize(
    "query", [{"q": "'"}, {"q": "-"}, {"city": "'"}, {"country": "'"}, {"q": "bo gota"}, {"city": "Bogota Bogota"}]
)
def test_what_says_nothing_finds_nothing_and_no_field_runs_into_the_next(
    viewer: APIClient, query: dict[str, str]
) -> None:
    make_airport("O'Hare-Bo", city="gota\nBogota", country="Bogota")
    make_airport("Unknown - 'city'")
    assert names(viewer, **query) == []


def test_a_code_comes_first_then_the_exact_spelling(viewer: APIClient) -> None:
    make_airport("Malaga East")
    make_airport("Málaga East")
    make_airport("Old Malaga", city="MALAGA")
    make_airport("New Malaga", city="Malaga")
    make_airport("Coded", icao="MALA")
    assert names(viewer, q="Malaga") == ["New Malaga", "Old Malaga", "Malaga East", "Málaga East"]
    assert names(viewer, q="málaga east") == ["Málaga East", "Malaga East"]
    assert names(viewer, q="mala")[0] == "Coded"
    assert names(viewer, q="malaga", ordering="-name")[0] == "Old Malaga"
    assert names(viewer, q="east", near="0,0") == ["Malaga East", "Málaga East"]


def test_what_is_searched_for_comes_in_pages_and_is_looked_for_once(viewer: APIClient) -> None:
    for number in range(5):
        make_airport(f"Field {number}", latitude=float(number))
    make_airport("Elsewhere")
    pages = {}
    for offset in (0, 2, 4, 6):
        with CaptureQueriesContext(connection) as statements:
            body = viewer.get(f"/airports?q=FIELD&limit=2&offset={offset}").json()
        # Beyond the last row they are counted by themselves.
        assert sum("airports_airport" in one["sql"] for one in statements) == 1 + (offset > 4)
        pages[offset] = ([row["name"] for row in body["data"]], body["count"], body["next"] is None)
    assert pages == {
        0: (["Field 0", "Field 1"], 5, False), 2: (["Field 2", "Field 3"], 5, False),
        4: (["Field 4"], 5, True), 6: ([], 5, True),
    }  # fmt: skip
    row = viewer.get("/airports?q=field&near=3,0&radius=1").json()["data"]
    assert [(one["name"], one["distance"]) for one in row] == [("Field 3", 0.0)]


def test_the_exact_spelling_of_a_city_comes_first(viewer: APIClient) -> None:
    for city in ("malaga", "Málaga", "Malaga"):
        make_airport(f"Of {city}", city=city)
    assert names(viewer, city="Malaga") == ["Of Malaga", "Of malaga", "Of Málaga"]
    assert names(viewer, city="Málaga", q="of")[0] == "Of Málaga"
    assert names(viewer, city="Málaga", ordering="name")[0] == "Of Malaga"


def test_the_nearest_come_first_with_their_distance(viewer: APIClient) -> None:
    for name, lon in (("Far", 3.0), ("Near", 1.0), ("Middle", -2.0)):
        make_airport(name, 0.0, lon)
    rows = viewer.get("/airports?near=0,0").json()["data"]
    assert [(row["name"], row["distance"]) for row in rows] == [
        ("Near", 111_195.08),
        ("Middle", 222_390.159),
        ("Far", 333_585.239),
    ]
    assert names(viewer, near="0,0", radius=222_391) == ["Near", "Middle"]
    assert names(viewer, near="0,0", ordering="-distance") == ["Far", "Middle", "Near"]


def test_a_box_runs_across_the_date_line(viewer: APIClient) -> None:
    for name, lon in (("Fiji", 179.0), ("Samoa", -172.0), ("Line", 180.0), ("Rome", 12.0)):
        make_airport(name, -15.0, lon)
    assert names(viewer, bbox="170,-20,-170,-10") == ["Fiji", "Samoa", "Line"]
    assert names(viewer, bbox="-170,-20,170,-10") == ["Rome"]
    assert names(viewer, bbox="-180,-20,-179,-10") == ["Line"]


def test_the_order_is_by_code_point_then_by_id(viewer: APIClient) -> None:
    for name, city in (("b", "X"), ("Ä", "X"), ("B", None), ("a", "W")):
        make_airport(name, city=city)
    assert names(viewer, ordering="name") == ["B", "a", "b", "Ä"]
    assert names(viewer, ordering="-city,-name") == ["Ä", "b", "a", "B"]
    assert names(viewer) == ["b", "Ä", "B", "a"]


def test_pages_say_where_the_next_and_the_previous_are(viewer: APIClient) -> None:
    for number in range(5):
        make_airport(str(number))
    page = viewer.get("/airports?limit=2&offset=2&country=").json()
    assert page["status"] == 400
    page = viewer.get("/airports?limit=2&offset=2").json()
    assert [page["count"], [row["name"] for row in page["data"]]] == [5, ["2", "3"]]
    assert [page["next"], page["previous"]] == [
        "http://testserver/airports?limit=2&offset=4",
        "http://testserver/airports?limit=2&offset=0",
    ]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("color=red", ("?color", "unknown_parameter")),
        ("q=a&q=b", ("?q", "repeated_parameter")),
        ("q=", ("?q", "blank")),
        ("q=%00", ("?q", "null_characters_not_allowed")),
        ("iata=TOOLONG", ("?iata", "invalid_code")),
        ("icao=é", ("?icao", "invalid_code")),
        ("tz=Mars/Olympus", ("?tz", "unknown_timezone")),
        ("near=1", ("?near", "invalid_format")),
        ("near=91,0", ("?near", "out_of_range")),
        ("near=a,b", ("?near", "invalid_number")),
        ("near=,", ("?near", "invalid_number")),
        ("near=nan,0", ("?near", "invalid_number")),
        ("radius=5", ("?radius", "near_missing")),
        ("near=0,0&radius=-1", ("?radius", "out_of_range")),
        ("near=0,0&radius=inf", ("?radius", "invalid_number")),
        ("bbox=1,2,3", ("?bbox", "invalid_format")),
        ("bbox=0,10,5,5", ("?bbox", "out_of_range")),
        ("bbox=-181,0,5,5", ("?bbox", "out_of_range")),
        ("ordering=secret", ("?ordering", "invalid_choice")),
        ("ordering=name,-name", ("?ordering", "invalid_choice")),
        ("ordering=--name", ("?ordering", "invalid_choice")),
        ("ordering=distance", ("?ordering", "near_missing")),
        ("deleted=maybe", ("?deleted", "invalid_choice")),
        ("limit=1001", ("?limit", "max_value")),
        ("offset=-1", ("?offset", "min_value")),
    ],
)
def test_what_is_no_filter_is_refused(manager: APIClient, query: str, error: tuple[str, str]) -> None:
    answer = manager.get(f"/airports?{query}")
    assert [answer.status_code, errors(answer)] == [400, [error]]


@pytest.mark.parametrize("query", ["near=1e-300,0", "near=90,180&radius=0", "near=0,0&radius=5e7", "bbox=0,0,0,0"])
def test_extreme_places_are_answered(viewer: APIClient, query: str) -> None:
    make_airport("Null Island", 1e-13, 0.0)
    assert viewer.get(f"/airports?{query}").status_code == 200


def test_flagged_airports_are_for_managers(viewer: APIClient, manager: APIClient) -> None:
    flag_airport(airport_id=make_airport("Flagged").pk, actor=None)
    make_airport("Live")
    assert names(viewer) == ["Live"]
    assert [viewer.get(f"/airports?deleted={value}").status_code for value in ("include", "only", "x")] == [403] * 3
    assert [names(manager, deleted=value) for value in ("include", "only")] == [["Flagged", "Live"], ["Flagged"]]


def test_as_csv_it_is_the_whole_list_in_the_columns_of_openflights(viewer: APIClient) -> None:
    make_valencia()
    make_airport("=1+1", 1.5, -2.0)
    answer = viewer.get("/airports?format=csv&limit=1&ordering=-latitude")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert streamed(answer).decode().splitlines() == [
        ",".join(NAMES),
        ",".join(str(VALENCIA[name]) for name in NAMES),
        "'=1+1,,,,,1.5,-2.0,,,,,,",
    ]


def test_as_geojson_it_is_the_whole_list(viewer: APIClient) -> None:
    airport = make_valencia()
    make_airport("Other", 1.5, -2.0)
    answer = viewer.get("/airports?limit=1", HTTP_ACCEPT="application/geo+json")
    assert answer["Content-Type"] == "application/geo+json"
    document = json.loads(streamed(answer))
    assert [document["type"], document["bbox"]] == ["FeatureCollection", [-2.0, 1.5, -0.481625, 39.4893]]
    first = document["features"][0]
    assert [first["id"], first["geometry"]] == [airport.pk, {"type": "Point", "coordinates": [-0.481625, 39.4893]}]
    assert first["properties"]["iata"] == "VLC"
    assert sorted(first["properties"]) == sorted(
        [*(name for name in NAMES if name not in {"latitude", "longitude"}),
         "is_deleted", "deleted_at", "created_at", "updated_at", "version"]
    )  # fmt: skip


def test_another_representation_is_not_to_be_had(viewer: APIClient) -> None:
    assert viewer.get("/airports?format=bogus").status_code == 406


@pytest.mark.parametrize("query", ["", "?near=0,0&radius=100000", "?format=csv", "?format=geojson"])
def test_the_number_of_queries_does_not_follow_the_number_of_rows(
    viewer: APIClient, query: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        make_airport(str(number))
        with django_assert_max_num_queries(8):
            answer = viewer.get(f"/airports{query}")
            assert streamed(answer) if answer.streaming else answer.content
