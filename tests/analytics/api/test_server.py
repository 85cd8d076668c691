"""Analytics against a real server: what a browser or a program without any wishes gets, and examples that are true."""

from collections.abc import Callable
from typing import Any

import pytest

from analytics.api import examples
from analytics.api.decisions import catchments
from tests.airports.builders import make_valencia
from tests.analytics.counted import make, place
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)


def shape(value: Any) -> Any:
    """The names of its members, and those of what it holds; of a list the first."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    return [shape(member) for member in value[:1]] if isinstance(value, list) and value else None


def test_answers_look_like_their_examples(server: Server, token_of: Callable[[str], str]) -> None:
    nearest = make_valencia()
    other = {"geoname_id": 3625549, "name": "Valencia", "country": "VE", "population": 1619470, "alternative": True}
    place("Valencia", airport_id=nearest.pk, airport_distance=8203.5, suggestions=[other])
    make("a", {(town, 1, "tv", "male"): (20, 30, 10) for town in ("Valencia", "Villabajo")})
    with server.client(token_of("Viewers")) as client:
        answers = {
            "DEMAND": client.get("/analytics/demand"),
            "OPPORTUNITIES": client.get("/analytics/opportunities", headers={"Accept": "text/html,*/*"}),
            "TREND": client.get("/analytics/trend?source=a"),
            "CITIES": client.get("/analytics/cities", headers={"Accept": "application/json"}),
            "CITIES_ON_A_MAP": client.get("/analytics/cities"),
            "CATCHMENTS": client.get("/analytics/catchments"),
            "CATCHMENTS_ON_A_MAP": client.get("/analytics/catchments?format=geojson"),
        }
    assert {answer.status_code for answer in answers.values()} == {200}
    assert {name: shape(answer.json()) for name, answer in answers.items()} == {
        name: shape(getattr(catchments if "CATCHMENTS" in name else examples, name).value) for name in answers
    }
    assert answers["CITIES_ON_A_MAP"].headers["Content-Type"] == "application/geo+json"
    assert {answer.headers["Cache-Control"] for answer in answers.values()} == {"no-store"}


def test_csv_is_streamed_and_has_no_body_on_head(server: Server, token_of: Callable[[str], str]) -> None:
    make("a", {("Valencia", 1, "tv", "male"): (20, 30, 10)})
    with server.client(token_of("Editors")) as client:
        answer = client.get("/analytics/demand?group_by=town", headers={"Accept": "text/csv"})
        assert answer.text.splitlines()[1].startswith("Valencia,20,30,10,150.0,100.0,")
        head = client.head("/analytics/demand")
    assert (answer.headers["Transfer-Encoding"], head.status_code, head.content) == ("chunked", 200, b"")
