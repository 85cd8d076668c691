"""The front page of the admin in a browser: what staff do there in a minute, also without a mouse."""

import pytest
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from playwright.sync_api import Page, expect

from analytics.models import TownAlias, TownPlace
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.placing.place_towns import place_towns
from analytics.services.placing.unplaced_towns import unplaced
from imports.models import Import
from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage, World, sign_in
from tests.e2e.test_pages import overflow

# A town of the demo that no list of cities knows.
UNKNOWN = "Khatanga"
PAGES = (
    "/admin/",
    "/admin/analytics/townplace/unplaced/",
    "/admin/analytics/importdemand/channels/",
    "/admin/analytics/importdemand/",
    "/admin/analytics/demandsettings/add/",
)


@pytest.fixture
def counted(world: World) -> None:
    """The demo is counted, its towns are placed, and there is one that is not."""
    refresh_demand()
    place_towns()
    TownPlace.objects.filter(pk=some_town()).update(method="unplaced", latitude=None, longitude=None)


def some_town() -> str:
    """A town of many residents, which the test takes off the map."""
    return TownPlace.objects.exclude(suggestions=[]).order_by("town").values_list("pk", flat=True)[0]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_dashboard_and_pages_fit_the_window_and_shut_nobody_out(
    open_page: OpenPage, world: World, counted: None, width: int, scheme: str
) -> None:
    page = open_page("/admin/", width=width, scheme=scheme)
    sign_in(page, world.username)
    expect(page.locator("#demand strong").first).to_be_visible()
    for path in PAGES:
        page.goto(path, wait_until="networkidle")
        assert (path, overflow(page)) == (path, 0)
        if page.locator(".tiles").count():
            assert (path, barriers(page, within=".tiles")) == (path, [])


def test_an_unplaced_town_is_found_and_settled_from_the_dashboard(
    open_page: OpenPage, world: World, counted: None
) -> None:
    page = open_page("/admin/")
    sign_in(page, world.username)
    tile = page.get_by_role("region", name="Towns that are not on the map")
    town = tile.get_by_role("listitem").filter(has=page.get_by_role("link", name=some_unplaced(), exact=True))
    town.get_by_role("button").first.click()
    expect(page.get_by_text("and on the map.")).to_be_visible()
    expect(page).to_have_url(f"{world.url}/admin/#unplaced")
    assert TownAlias.objects.count() == 1


def some_unplaced() -> str:
    """The town with the most courses that is not on the map and has candidates."""
    return next(one.town for one in unplaced() if one.candidates)


def refreshes(page: Page, title: str, key: str) -> None:
    """Refreshes one tile by the keyboard, and no other one."""
    page.get_by_role("link", name=f"Refresh {title}").focus()
    with page.expect_response(lambda response: f"/dashboard/{key}/" in response.url):
        page.keyboard.press("Enter")
    expect(page.locator("#tiles-status")).to_have_text(f"{title}: refreshed.")


def test_one_tile_is_refreshed_by_the_keyboard_and_keeps_the_focus(
    open_page: OpenPage, world: World, counted: None
) -> None:
    page = open_page("/admin/")
    sign_in(page, world.username)
    expect(page.locator("#deliveries")).not_to_contain_text("broken")
    Import.objects.create(source="broken", status="failed")
    refreshes(page, "Deliveries", "deliveries")
    expect(page.locator("#deliveries")).to_contain_text("broken")
    assert page.evaluate("document.activeElement.id") == "deliveries-refresh"


def test_without_an_answer_the_tile_says_that_it_is_old(open_page: OpenPage, world: World) -> None:
    page = open_page("/admin/")
    sign_in(page, world.username)
    expect(page.locator("#changes")).to_be_visible()
    # Until the page's script listens.
    page.wait_for_load_state()
    # As htmx tells it; a request that really failed would be a complaint of the browser's.
    page.evaluate(
        "document.getElementById('changes').dispatchEvent(new CustomEvent('htmx:sendError',"
        " {bubbles: true, detail: {target: document.getElementById('changes')}}))"
    )
    expect(page.locator("#changes .tile-at")).to_have_text("could not be refreshed")
    expect(page.locator("#tiles-status")).to_have_text("Since yesterday could not be refreshed.")


def test_a_schedule_is_changed(open_page: OpenPage, world: World) -> None:
    interval = IntervalSchedule.objects.create(every=10, period="days")
    task = PeriodicTask.objects.create(name="sweep", task="background.sweep", interval=interval)
    page = open_page("/admin/")
    sign_in(page, world.username)
    page.locator("#work").get_by_role("link", name="Schedules").last.click()
    expect(page).to_have_url(f"{world.url}/admin/background/schedule/")
    page.goto(f"/admin/background/schedule/{task.pk}/change/")
    page.get_by_label("Enabled").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    task.refresh_from_db()
    assert not task.enabled
