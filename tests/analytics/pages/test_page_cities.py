"""From a city of the page to its towns, to others of its name, and back to where it was ranked."""

import html
import re

import pytest

from analytics.models import TownPlace
from config.common.spellings import fold
from tests.analytics.counted import make
from tests.analytics.pages.asking import EVIL_TOWN, BrowserOf, cells, text_of

pytestmark = pytest.mark.django_db


def test_a_city_opens_its_towns_and_how_each_was_placed(browser_of: BrowserOf, counted: None) -> None:
    make("c", {("Kiev", 1, "tv", "male"): (7, 7, 7)})
    kyiv = TownPlace.objects.get(town=fold("Kyiv"))
    TownPlace.objects.create(
        town=fold("Kiev"), method="alternate_name", city="Kyiv", country="UA", latitude=50.4, longitude=30.5,
        placed_at=kyiv.placed_at,
    )  # fmt: skip
    client = browser_of("Managers")
    [address] = re.findall(r'href="/analytics/(\?[^"#]+)">Kyiv, UA<', _section(text_of(client), "map"))
    page = text_of(client, html.unescape(address))
    assert sorted(row[:4] for row in cells(page, "towns")) == [
        ["Kiev", "Kyiv, UA", "other name", "7"], ["Kyiv", "Kyiv, UA", "name", "40"],
    ]  # fmt: skip
    assert {row[0] for row in cells(page, "heat")} == {"Kyiv, UA"}
    assert 'id="towns"' not in text_of(client)


def test_another_city_of_the_same_name_is_one_click_away(browser_of: BrowserOf, counted: None) -> None:
    other = {
        "geoname_id": 1,
        "name": "Kyiv",
        "country": "US",
        "population": 16000,
        "similarity": 1.0,
        "alternative": True,
    }
    TownPlace.objects.filter(town=fold("Kyiv")).update(suggestions=[other])
    told = 'value="1" title="Kyiv is Kyiv, US"'
    assert told in text_of(browser_of("Editors")).partition('id="ambiguous"')[2]
    assert told not in text_of(browser_of("Viewers"))


def test_towns_that_are_not_placed_are_a_country_of_their_own(browser_of: BrowserOf, counted: None) -> None:
    page = text_of(browser_of("Managers"), "?country=none")
    assert {row[0] for row in cells(page, "segments")} == {"Xyzzy", EVIL_TOWN}
    assert 'name="country" value="none" checked>Not on the map</label>' in page
    assert "country Not on the map<span" in page


def _section(page: str, name: str) -> str:
    return page.partition(f'id="{name}"')[2].partition("</section>")[0]
