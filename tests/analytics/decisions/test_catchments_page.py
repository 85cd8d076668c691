"""The question of the page about the areas around airports."""

import html
import json
import re
from typing import Any

import pytest

from airports.models import Airport
from analytics.pages.decisions import catchments
from tests.airports.builders import make_airport, make_valencia
from tests.analytics.counted import make, place
from tests.analytics.pages.asking import BrowserOf, cells, text_of
from tests.analytics.pages.conftest import browser_of

pytestmark = pytest.mark.django_db
__all__ = ["browser_of"]


@pytest.fixture
def valencia() -> Airport:
    """Two cities near one airport, another city of the name of one of them, far away, and one town on no map."""
    near = make_valencia()
    for town, metres in (("Valencia", 8203.5), ("Gandia", 70_000.0)):
        place(town, airport_id=near.pk, airport_distance=metres)
    place("Valencia de Venezuela", city="Valencia", country="VE")
    sizes = {"Valencia": 20, "Gandia": 10, "Valencia de Venezuela": 50, "Villabajo": 6}
    make("a", {(town, 1, "tv", "male"): (size, size, size) for town, size in sizes.items()})
    make("b", {("Valencia", 2, "radio", "female"): (30, 15, 10)})
    return near


def drawn(page: str) -> Any:
    return json.loads(re.findall(r'<script id="catchments-data"[^>]*>(.*?)</script>', page)[0])


def test_it_has_a_circle_and_a_row_for_each_airport_and_a_row_for_the_rest(
    browser_of: BrowserOf, valencia: Airport
) -> None:
    client = browser_of("Managers")
    page = text_of(client, "?ask=catchments")
    rows = cells(page, "decide")
    assert [row[:5] for row in rows] == [
        ["Valencia Airport (VLC)", "Valencia, ES; Gandia, ES", "60", "45", "40"],
        ["No airport within 200 km, or not on the map", "Valencia, VE; Villabajo", "56", "56", "56"],
    ]  # fmt: skip
    assert "44.5 % of the courses are for residents of cities within 200 km of 1 airport." in page
    [circle] = drawn(page)["towns"]
    assert (circle["value"], circle["title"].splitlines()[0]) == (45, "Valencia Airport (VLC)")
    # Its cities by name and country: those of the row, and nobody else.
    of_cities = cells(text_of(client, circle["href"].removeprefix("/analytics/")), "channels")
    assert sum(int(row[1]) for row in of_cities) == 60
    [csv] = [html.unescape(one) for one in re.findall(r'href="(/analytics/catchments[^"]*csv[^"]*)"', page)]
    assert b"".join(client.get(csv)).decode().count("\n") == 3


def test_on_paper_the_map_has_the_largest_airports_and_says_of_how_many(
    browser_of: BrowserOf, valencia: Airport, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = make_airport("Small")
    place("Villabajo", airport_id=small.pk, airport_distance=1.0)
    client = browser_of("Managers")
    whole = client.get("/analytics/report", HTTP_ACCEPT="text/html").content.decode()
    assert ([one["value"] for one in drawn(whole)["towns"]], "The first 1 of 3." in whole) == ([45, 6], False)
    monkeypatch.setattr(catchments, "_DRAWN_ON_PAPER", 1)
    page = client.get("/analytics/report", HTTP_ACCEPT="text/html").content.decode()
    assert ([one["value"] for one in drawn(page)["towns"]], "The first 1 of 3." in page) == ([45], True)


def test_filters_hold_and_a_row_that_no_filter_tells_from_others_leads_nowhere(
    browser_of: BrowserOf, valencia: Airport
) -> None:
    place("Gandia de Venezuela", city="Gandia", country="VE", airport_id=valencia.pk, airport_distance=1.0)
    make("c", {("Gandia de Venezuela", 1, "tv", "male"): (10, 10, 10)})
    client = browser_of("Viewers")
    # Valencia, Gandia and both countries would bring Valencia of Venezuela too.
    assert [one["href"] for one in drawn(text_of(client, "?ask=catchments"))["towns"]] == [""]
    page = text_of(client, "?ask=catchments&channel=radio")
    assert [row[:4] for row in cells(page, "decide")] == [["Valencia Airport (VLC)", "Valencia, ES", "30", "15"]]
