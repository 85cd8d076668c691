"""The page of the demand in a browser."""

import json
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from analytics.models import TownAlias
from imports.models import Import
from tests.background.workers import until
from tests.e2e.conftest import OpenPage, World, sign_in
from tests.e2e.test_pages import SCHEMES, WIDTHS, overflow

CHARTS = {
    "opportunities": "/analytics/opportunities?format=json",
    "heat": "/analytics/demand?group_by=city,age_group&limit=1000&format=json",
    "channels": "/analytics/demand?group_by=channel&format=json",
    "trend": "/analytics/trend?format=json",
    "map": "/analytics/demand?group_by=city&limit=1000&format=json",
}


def open_demand(open_page: OpenPage, world: World, path: str = "/analytics/", **options: Any) -> Page:
    """The page, reached through the sign-in that it asks for, when all of its charts are drawn."""
    page = open_page(path, **options)
    sign_in(page, world.username)
    expect(page).to_have_url(f"{world.url}{path}")
    page.wait_for_load_state()
    for chart in page.locator(".chart:visible").all():
        expect(chart.locator("svg")).to_be_visible()
    return page


def drawn(page: Page, chart: str) -> Any:
    """The data of a chart."""
    return json.loads(str(page.locator(f"#{chart}-data").text_content()))


def rows_of(page: Page, chart: str) -> list[list[str]]:
    """The open table behind a chart, without the cells that only words fill."""
    rows: list[list[str]] = page.locator(f"#{chart} .behind tbody tr").evaluate_all(
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
    for part in (".tile > .fold:not([open]) > summary", "details.behind summary"):
        # From the last one: what is opened before one moves it.
        for summary in reversed(page.locator(part).all()):
            summary.click()
    expect(page.locator(".chart svg")).to_have_count(len(CHARTS))
    assert overflow(page) == 0


def test_the_tables_behind_the_charts_open_and_have_the_figures_of_the_api(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    for chart, path in CHARTS.items():
        expect(page.locator(f"#{chart} .behind table")).to_be_hidden()
        page.locator(f"#{chart} .behind summary").click()
        expect(page.locator(f"#{chart} .behind table caption")).to_be_visible()
        answer = page.request.get(path).json()["data"]
        wanted = {(str(row["residents"]), str(row["courses"]), str(row["buyers"])) for row in answer}
        found = rows_of(page, chart)
        first = page.locator(f"#{chart} .behind thead th").all_inner_texts().index("Residents")
        assert (bool(found), {tuple(row[first : first + 3]) for row in found} - wanted) == (True, set()), chart
        links = page.locator(f"#{chart} .behind > p a").all()
        assert [page.request.get(str(link.get_attribute("href"))).ok for link in links] == [True, True]


def choose(page: Page, name: str, value: str) -> None:
    """Opens a filter, and ticks one of its values."""
    page.locator(".choice summary").filter(has_text=name).click()
    page.get_by_role("group", name=name).get_by_label(value, exact=True).check()


def test_a_channel_changes_the_address_and_the_heat_map(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    before = drawn(page, "heat")
    choose(page, "Channel", "instagram")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(f"{demand.url}/analytics/?channel=instagram")
    expect(page.get_by_role("heading", name="By city and age through instagram")).to_be_visible()
    assert drawn(page, "heat")["cells"] != before["cells"]


def listed(page: Page) -> tuple[set[str], int]:
    """The towns of the list, and its courses."""
    expect(page.locator("#segment")).to_be_in_viewport()
    rows = page.locator("#segments tbody tr").evaluate_all(
        "rows => rows.map(row => [row.cells[0].innerText.trim(), Number(row.cells[4].innerText)])"
    )
    return {name for name, _ in rows}, sum(count for _, count in rows)


def test_a_point_is_told_by_the_keyboard_and_leads_to_the_list_behind_it(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    heat = drawn(page, "heat")
    second = heat["cells"][1]
    page.locator("#heat-chart").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.get_by_role("status").last).to_have_text(second["title"])
    expect(page.locator("#heat .chart-tip")).to_have_text(second["title"])
    page.keyboard.press("Enter")
    assert listed(page) == ({heat["rows"][second["y"]]["name"]}, second["value"])


def test_a_click_leads_to_the_list_too(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    first, heat = drawn(page, "heat")["rows"][0], page.locator("#heat-chart")
    heat.locator("svg text", has_text=first["name"]).first.click()
    expect(page).to_have_url(f"{demand.url}{first['href']}")
    expect(page.get_by_role("heading", name="What deliveries call it")).to_be_visible()


def test_the_map_is_zoomed_by_its_buttons_and_by_keyboard(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    width = "document.querySelector('#map-chart svg path').getBoundingClientRect().width"
    whole = page.evaluate(width)
    page.locator("#map").get_by_role("button", name="Zoom in").click()
    # A map is drawn again at the browser's next frame, not within the click.
    until(lambda: page.evaluate(width) > whole * 1.4)
    page.locator("#map-chart").press("+")
    until(lambda: page.evaluate(width) > whole * 2.1)
    page.locator("#map").get_by_role("button", name="Whole world").click()
    until(lambda: page.evaluate(width) < whole * 1.1)


def test_a_chart_is_saved_as_a_picture_of_both_kinds(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    for chart in CHARTS:
        saved = {}
        for kind in ("PNG", "SVG"):
            with page.expect_download() as download:
                page.locator(f"#{chart}").get_by_text(kind, exact=True).click()
            saved[download.value.suggested_filename] = download.value.path().read_bytes()[:4]
        assert saved == {f"{chart}-chart.png": b"\x89PNG", f"{chart}-chart.svg": b"<svg"}


def test_patterns_are_for_those_who_do_not_see_colours_and_stay(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    patterns = page.locator(".chart svg pattern")
    assert patterns.count() == 0
    page.locator("#heat").get_by_role("button", name="Patterns").click()
    expect(patterns.first).to_be_attached()
    page.reload()
    expect(patterns.first).to_be_attached()
    expect(page.locator("#map").get_by_role("button", name="Patterns")).to_have_attribute("aria-pressed", "true")


def test_the_choice_of_dark_in_the_admin_counts_here_and_paper_is_light(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    page.evaluate("localStorage.setItem('adminTheme', '\"dark\"')")
    page.reload()
    ink = "document.querySelector('#channels-chart svg text').getAttribute('fill')"
    until(lambda: page.locator("#channels-chart svg text").count())
    dark = page.evaluate(ink)
    page.emulate_media(media="print")
    expect(page.locator("#channels .behind table")).to_be_visible()
    until(lambda: page.evaluate(ink) != dark)


def test_a_town_is_settled_by_a_click_and_stands_on_the_map(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    towns = len(drawn(page, "map")["towns"])
    page.locator("#unplaced").get_by_role("button", name="Kyiv, UA").click()
    expect(page.get_by_role("status").first).to_contain_text("is Kyiv, UA from now on")
    assert (len(drawn(page, "map")["towns"]), TownAlias.objects.count()) == (towns + 1, 1)


def test_an_empty_database_says_what_to_do(open_page: OpenPage, world: World) -> None:
    Import.objects.update(deleted_at=timezone.now())
    page = open_demand(open_page, world)
    expect(page.get_by_role("heading", name="No delivery has been counted yet")).to_be_visible()


def test_the_filters_are_reached_by_keyboard_in_their_order(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand)
    page.get_by_role("button", name="Log out").focus()
    names: list[str] = []
    named = "({name, firstElementChild: first, innerText}) => (name || first?.innerText || innerText).trim()"
    while "Show" not in names and len(names) < 15:
        page.keyboard.press("Tab")
        names.append(page.locator(":focus").evaluate(named))
    assert names[-8:] == ["City", "Town", "Age", "Channel", "Gender", "Source", "min_residents", "Show"]
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
    for chart in CHARTS:
        expect(plain.locator(f"#{chart}-chart")).to_be_hidden()
    expect(plain.locator("#channels .behind caption")).to_be_visible()
    choose(plain, "Channel", "instagram")
    plain.get_by_role("button", name="Show").click()
    expect(plain).to_have_url(re.compile(r"/analytics/\?channel=(tiktok&channel=instagram|instagram&channel=tiktok)$"))
    bare.close()


def test_the_menu_of_a_phone_leads_to_the_admin(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand, width=390)
    expect(page.locator("#sidebar")).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Deliveries").click()
    expect(page).to_have_url(f"{demand.url}/admin/imports/import/")


def test_the_home_page_leads_there(open_page: OpenPage, world: World) -> None:
    page = open_page("/")
    page.get_by_role("link", name="Demand", exact=True).click()
    expect(page).to_have_url(f"{world.url}/admin/login/?next=/analytics/")
