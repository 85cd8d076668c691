"""How the page of the demand is read: by a part of a name, on a phone, on paper, and again under a name."""

import io
import json
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.placing.place_towns import place_towns
from imports.services.loading.load_document import load_document
from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage, World
from tests.e2e.test_analytics import open_demand
from tests.e2e.test_pages import overflow
from tests.factories import people

# Names of cities in each of which somebody lives; more than are offered to be ticked.
CITIES = (
    "Bogota", "Medellin", "Cali", "Lima", "Quito", "Caracas", "Kyiv", "Lviv", "Odesa", "Moscow", "Madrid", "Paris",
    "Rome", "Berlin", "Vienna", "Prague",
)  # fmt: skip
PHONE = 390
FOLDED = 2_500
PAGE_WIDTH = 595.3


@pytest.fixture
def cities(demand: World) -> World:
    """Residents of many cities, and a few of each age and channel."""
    found = [
        person | {"citizen_id": number * 10 + person["citizen_id"]}
        for number, town in enumerate(CITIES)
        for person in people(9, town=town, channel="instagram", birth_date="01.01.2000")
    ]
    related = [one | {"relatives": [one["citizen_id"]]} for one in found]
    load_document(body=json.dumps({"citizens": related}).encode(), source="cities", actor=None)
    refresh_demand()
    place_towns()
    return demand


def test_a_part_of_a_name_is_typed_and_several_are_chosen(open_page: OpenPage, cities: World) -> None:
    page = open_demand(open_page, cities)
    city = page.locator(".choice").filter(has_text="City")
    city.locator("summary").click()
    city.get_by_label("City, part of a name").fill("BOGOTA")
    expect(city.get_by_role("checkbox")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(city.get_by_role("checkbox", name="Bogotá", exact=True)).to_be_checked()
    page.keyboard.type("edell")
    page.keyboard.press("Enter")
    expect(city.locator(".choice-values")).to_have_text("Bogotá / Medellín")
    assert barriers(page) == []
    page.keyboard.type("nowhere")
    expect(city.get_by_role("checkbox")).to_have_count(2)
    city.get_by_label("City, part of a name").fill("")
    page.keyboard.press("Escape")
    expect(city.get_by_role("group")).to_be_hidden()
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(f"{cities.url}/analytics/?city=Bogot%C3%A1&city=Medell%C3%ADn")
    expect(page.locator("#segment-title")).to_contain_text("Bogotá / Medellín: ")
    page.get_by_role("link", name="Remove city Bogotá").click()
    expect(page).to_have_url(f"{cities.url}/analytics/?city=Medell%C3%ADn")


def test_a_name_that_is_a_part_is_understood_without_scripts_too(open_page: OpenPage, cities: World) -> None:
    page = open_demand(open_page, cities)
    page.goto("/analytics/?city=bogo&channel=instagram")
    page.get_by_role("link", name="city Bogotá").click()
    expect(page.locator("#segment-title")).to_contain_text("Bogotá, instagram: ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_leads_with_the_answer_and_folds_the_rest(open_page: OpenPage, cities: World, scheme: str) -> None:
    page = open_demand(open_page, cities, width=PHONE, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollHeight") < FOLDED
    assert page.locator("#opportunities-chart svg text").filter(has_text="instagram").count() == 5
    for part in ("heat", "channels", "trend", "map"):
        expect(page.locator(f"#{part}-chart")).to_be_hidden()
        page.locator(f"#{part}-title").click()
        expect(page.locator(f"#{part}-chart svg")).to_be_visible()
    page.get_by_text("Filters", exact=True).click()
    page.locator(".choice summary").filter(has_text="City").click()
    assert (overflow(page), barriers(page)) == (0, [])


def test_a_link_to_what_is_folded_opens_it(open_page: OpenPage, cities: World) -> None:
    page = open_demand(open_page, cities, width=PHONE)
    page.get_by_role("link", name="buyers", exact=True).click()
    expect(page.locator("#word-buyers")).to_be_in_viewport()
    page.goto("/analytics/?measure=index#heat")
    expect(page.locator("#heat-chart svg")).to_be_visible()


def printed(page: Page) -> PdfReader:
    """The page as a browser prints it on A4."""
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


def text_of(reader: PdfReader) -> str:
    """All that is written on the paper, a space between words."""
    return " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())


def test_paper_has_the_charts_and_a_full_first_page(open_page: OpenPage, cities: World) -> None:
    page = open_demand(open_page, cities, scheme="dark")
    reader = printed(page)
    whole = text_of(reader)
    # The legend of the map, which is drawn last.
    assert "above 160" in whole
    assert ("http" in whole, "taken together: what all figures here are counted from" in whole) == (False, True)
    # Where each piece of text stands, in points from the lower left: nothing beyond the paper.
    first: list[tuple[str, float, float]] = []
    for sheet in reader.pages:
        found: list[tuple[str, float, float]] = []
        sheet.extract_text(visitor_text=lambda text, cm, tm, *_: found.append((text, *_place(cm, tm))))  # noqa: B023
        assert [text for text, x, _y in found if text.strip() and not 0 < x < PAGE_WIDTH] == []
        first = first or found
    assert min(y for text, _x, y in first if text.strip()) < 842 / 3
    head = " ".join(text for text, *_ in first)
    assert head.index("Who wants the next course?") < head.index("Where to advertise next")


def _place(cm: list[float], tm: list[float]) -> tuple[float, float]:
    return tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]


def test_a_chart_on_paper_is_as_wide_as_the_paper(open_page: OpenPage, cities: World) -> None:
    page = open_demand(open_page, cities)
    page.emulate_media(media="print")
    expect(page.locator("#opportunities-chart svg")).to_have_attribute("width", "690")
    page.emulate_media(media="screen")
    expect(page.locator("#opportunities-chart svg")).not_to_have_attribute("width", "690")


def test_a_view_is_saved_pinned_and_opened_again(open_page: OpenPage, cities: World) -> None:
    page = open_demand(open_page, cities)
    page.goto("/analytics/?city=Lima&channel=instagram")
    page.get_by_text("Saved views", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Lima by Instagram")
    page.get_by_label("On my dashboard").check()
    page.get_by_label("Shared").check()
    assert barriers(page) == []
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_role("status").first).to_have_text("The view is saved.")
    page.goto("/analytics/")
    page.get_by_text("Saved views (1)").click()
    page.get_by_role("link", name="Lima by Instagram").click()
    expect(page).to_have_url(re.compile("city=Lima&channel=instagram$"))
    page.get_by_text("Saved views (1)").click()
    page.get_by_role("button", name="Unpin Lima by Instagram").click()
    page.get_by_text("Saved views (1)").click()
    page.get_by_role("button", name="Delete Lima by Instagram").click()
    expect(page.get_by_text("Saved views", exact=True)).to_be_visible()
