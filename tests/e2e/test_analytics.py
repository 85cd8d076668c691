"""The page of the demand in a browser."""

import json
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from analytics.models import TownAlias, TownPlace
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.placing.place_towns import place_towns
from imports.models import Import
from imports.services.load_import import load_import
from tests.e2e.conftest import OpenPage, World
from tests.e2e.test_admin import sign_in
from tests.e2e.test_pages import SCHEMES, WIDTHS, overflow
from tests.factories import people

CHARTS = {
    "opportunities": "/analytics/opportunities?format=json",
    "heat": "/analytics/demand?group_by=town,age_group&limit=1000&format=json",
    "channels": "/analytics/demand?group_by=channel&format=json",
    "trend": "/analytics/trend?format=json",
    "map": "/analytics/demand?group_by=town&limit=1000&format=json",
}


@pytest.fixture
def demand(world: World) -> World:
    """The world and a segment that is large enough to advertise to; counted, on the map but for one town."""
    large = people(20, town="Lima", channel="instagram", birth_date="01.01.2000")
    load_import(body=json.dumps({"citizens": large}).encode(), source="large", actor=None)
    refresh_demand()
    place_towns()
    lost = TownPlace.objects.filter(method="name").order_by("town").values_list("town", flat=True)[0]
    one = {"geoname_id": 703448, "name": "Kyiv", "country": "UA", "population": 2952301, "similarity": 0.5}
    unplaced: dict[str, Any] = {"method": "unplaced", "latitude": None, "longitude": None, "suggestions": [one]}
    TownPlace.objects.filter(pk=lost).update(**unplaced)
    return world


def open_demand(open_page: OpenPage, world: World, path: str = "/analytics/", **options: Any) -> Page:
    """The page, reached through the sign-in that it asks for."""
    page = open_page(path, **options)
    sign_in(page, world.username)
    expect(page).to_have_url(f"{world.url}{path}")
    return page


def rows_of(page: Page, chart: str) -> list[list[str]]:
    """The open table behind a chart, without the cells that only words fill."""
    rows: list[list[str]] = page.locator(f"#{chart} details tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim().replaceAll(',', '')))"
    )
    return rows


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_it_answers_after_the_sign_in_and_fits_the_window(
    open_page: OpenPage, demand: World, width: int, scheme: str
) -> None:
    page = open_demand(open_page, demand, width=width, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who wants the next course?")
    for summary in page.locator("details.behind summary").all():
        summary.click()
    expect(page.locator("svg.world circle.town").first).to_be_attached()
    assert overflow(page) == 0


def test_the_tables_behind_the_charts_open_and_have_the_figures_of_the_api(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    for chart, path in CHARTS.items():
        expect(page.locator(f"#{chart} details table")).to_be_hidden()
        page.locator(f"#{chart} summary").click()
        expect(page.locator(f"#{chart} details table caption")).to_be_visible()
        answer = page.request.get(path).json()["data"]
        wanted = {(str(row["residents"]), str(row["courses"]), str(row["buyers"])) for row in answer}
        shown = rows_of(page, chart)
        first = page.locator(f"#{chart} details thead th").all_inner_texts().index("Residents")
        assert (bool(shown), {tuple(row[first : first + 3]) for row in shown} - wanted) == (True, set()), chart
        assert page.request.get(str(page.locator(f"#{chart} details > p a").get_attribute("href"))).ok


def test_a_channel_changes_the_address_and_the_heat_map(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    before = page.locator(".heat tbody").inner_text()
    page.get_by_label("Channel", exact=True).select_option("instagram")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(f"{demand.url}/analytics/?channel=instagram")
    expect(page.get_by_role("heading", name="By town and age through instagram")).to_be_visible()
    assert page.locator(".heat tbody").inner_text() != before


def test_a_figure_leads_to_the_list_behind_it(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    cell = page.locator(".heat td a").first
    courses, town = int(cell.inner_text()), page.locator(".heat tbody th").first.inner_text()
    cell.click()
    expect(page.locator("#segments")).to_be_in_viewport()
    listed = page.locator("#segments tbody tr").evaluate_all(
        "rows => rows.map(row => [row.cells[0].innerText.trim(), Number(row.cells[4].innerText)])"
    )
    assert ({name for name, _ in listed}, sum(count for _, count in listed)) == ({town}, courses)


def test_a_town_is_settled_by_a_click_and_stands_on_the_map(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    circles = page.locator("svg.world circle.town").count()
    page.locator("#unplaced").get_by_role("button", name="Kyiv, UA").click()
    expect(page.get_by_role("status")).to_contain_text("is Kyiv, UA from now on")
    assert (page.locator("svg.world circle.town").count(), TownAlias.objects.count()) == (circles + 1, 1)
    page.locator("#unplaced").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("no longer placed by hand")
    assert page.locator("svg.world circle.town").count() == circles


def test_an_empty_database_says_what_to_do(open_page: OpenPage, world: World) -> None:
    Import.objects.update(deleted_at=timezone.now())
    page = open_demand(open_page, world)
    expect(page.get_by_role("heading", name="No delivery has been counted yet")).to_be_visible()


def test_the_filters_are_reached_by_keyboard_in_their_order(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    page.get_by_role("button", name="Sign out").focus()
    names: list[str] = []
    while "Show" not in names and len(names) < 12:
        page.keyboard.press("Tab")
        names.append(page.evaluate("(document.activeElement.name || document.activeElement.innerText).trim()"))
    assert names[-7:] == ["town", "age_group", "channel", "gender", "source", "min_residents", "Show"]
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{demand.url}/analytics/")


def test_it_works_without_javascript(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    browser = page.context.browser
    assert browser
    bare = browser.new_context(
        base_url=demand.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = bare.new_page()
    plain.goto("/analytics/?channel=tiktok")
    plain.locator("#channels summary").click()
    expect(plain.locator("#channels details caption")).to_be_visible()
    plain.get_by_label("Channel", exact=True).select_option("instagram")
    plain.get_by_role("button", name="Show").click()
    expect(plain).to_have_url(f"{demand.url}/analytics/?channel=instagram")
    bare.close()


def test_the_home_page_leads_there(open_page: OpenPage, world: World) -> None:
    page = open_page("/")
    page.get_by_role("link", name="Demand").first.click()
    expect(page).to_have_url(f"{world.url}/admin/login/?next=/analytics/")
