"""Every page of our own, whole, as axe-core sees it: nothing serious or critical, in light and dark, on a phone too."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from playwright.sync_api import FilePayload, Page, expect

from airports.services.update_airport import update_airport
from analytics.models import TownPlace
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.placing.place_towns import place_towns
from imports.models import Citizen, Import
from tests.airports.builders import make_valencia
from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage, World, sign_in
from tests.e2e.test_airports_admin import ROW
from tests.e2e.test_dashboard import some_town
from tests.e2e.test_imports_admin import town_of_three
from tests.e2e.test_pages import overflow
from tests.e2e.test_second_factor import switch_on

FIXED = (
    "/admin/",
    "/analytics/",
    "/analytics/report",
    "/admin/airports/airport/",
    "/admin/airports/airport/upload/",
    "/admin/airports/historicalairport/",
    "/admin/airports/pendingchange/",
    "/admin/imports/import/",
    "/admin/imports/import/upload/",
    "/admin/imports/citizen/",
    "/admin/imports/source/",
    "/admin/imports/channel/",
    "/admin/changes/recordedchange/",
    "/admin/accounts/apitoken/",
    "/admin/accounts/apitoken/add/",
    "/admin/privacy/readaudit/",
    "/admin/analytics/townplace/",
    "/admin/analytics/townplace/unplaced/",
    "/admin/analytics/townalias/",
    "/admin/analytics/townalias/add/",
    "/admin/analytics/importdemand/",
    "/admin/analytics/importdemand/channels/",
    "/admin/analytics/demandsettings/add/",
    "/admin/auth/user/",
    "/admin/auth/user/add/",
    "/admin/background/schedule/",
    "/admin/background/schedule/add/",
    "/admin/analytics/demandsettings/",
)


@pytest.fixture
def paths(world: World) -> list[str]:
    """The addresses of all pages that a link leads to, each with something on it."""
    import_id = town_of_three()
    empty = {"pointer": "line 2/town", "code": "blank", "detail": "Empty."}
    Import.objects.create(source="broken", status="failed", errors=[empty])
    Import.objects.create(source="slow", status="loading", citizen_count=10, processed=4)
    review = {"compared_with": import_id, "residents": 1, "towns": 1, "channels": 1, "new": 0, "gone": 2, "changed": 1}
    moved = {"citizen_id": 1, "difference": "changed", "changes": {"town": {"from": "Kiev", "to": "Kyiv"}}}
    Import.objects.create(source="looked at", status="checked", review=review, differences=[moved])
    refresh_demand()
    place_towns()
    TownPlace.objects.filter(pk=some_town()).update(method="unplaced", latitude=None, longitude=None)
    airport = make_valencia()
    update_airport(airport_id=airport.pk, values={"city": "Elsewhere"}, actor=None)
    hourly = IntervalSchedule.objects.create(every=1, period="hours")
    schedule = PeriodicTask.objects.create(name="Sweep by hand", task="background.sweep", interval=hourly)
    citizen = Citizen.objects.get(delivery_id=import_id, citizen_id=1)
    of_import = [f"/admin/imports/import/{import_id}/{page}/" for page in ("change", "rename", "erase", "remove")]
    others = Import.objects.exclude(status="complete").values_list("pk", flat=True)
    return [
        *FIXED,
        *of_import,
        *(f"/admin/imports/import/{key}/change/" for key in others),
        f"/admin/imports/citizen/?delivery__id__exact={import_id}",
        f"/admin/imports/citizen/{citizen.pk}/change/",
        f"/admin/airports/airport/{airport.pk}/change/",
        f"/admin/airports/airport/{airport.pk}/delete/",
        f"/admin/airports/airport/{airport.pk}/history/",
        f"/admin/auth/user/{User.objects.get(username='mia').pk}/change/",
        f"/admin/analytics/townplace/{some_town()}/change/",
        f"/admin/background/schedule/{schedule.pk}/change/",
    ]


def steps(page: Page, paths: list[str]) -> Iterator[str]:
    """Goes through pages that only a click leads to, and names each."""
    (history,) = (path for path in paths if path.endswith("/history/"))
    page.goto(history)
    page.get_by_role("link", name="Version 1").first.click()
    yield "an old version"
    for preview in (ROW, ROW.replace("39.4893", "999")):
        page.goto("/admin/airports/airport/upload/")
        page.set_input_files(
            "input[type=file]", FilePayload(name="a.csv", mimeType="text/csv", buffer=preview.encode())
        )
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_role("button", name="Cancel")).to_be_visible()
        yield "the preview of a file"
    page.goto(next(path for path in paths if "citizen/?" in path))
    page.locator("input[name=_selected_action]").first.check()
    page.select_option("select[name=action]", "erase_everything")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("button", name="Erase for good")).to_be_visible()
    yield "the page before residents are erased"
    page.goto("/admin/auth/user/")
    page.locator("input[name=_selected_action]").first.check()
    page.select_option("select[name=action]", "deactivate")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("button", name="Yes, switch them off")).to_be_visible()
    yield "the question before an action"


def second_factor(page: Page, again: Page, username: str) -> Iterator[tuple[str, Page]]:
    """The pages of the second factor, and the second step of the sign-in."""
    page.goto("/admin/second-factor/")
    yield "without a factor", page
    page.goto("/admin/second-factor/set-up/")
    yield "setting one up", page
    switch_on(page)
    expect(page.get_by_role("link", name="I have kept them")).to_be_visible()
    yield "the recovery codes", page
    page.goto("/admin/second-factor/")
    yield "with a factor", page
    yield "the sign-in", again
    sign_in(again, username)
    expect(again.get_by_label("Code")).to_be_visible()
    yield "its second step", again


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_no_page_shuts_anybody_out_or_is_wider_than_the_window(
    open_page: OpenPage, world: World, paths: list[str], scheme: str, width: int
) -> None:
    page = open_page("/admin/", scheme=scheme, width=width)
    sign_in(page, world.username)
    found = {}
    for path in paths:
        page.goto(path, wait_until="load")
        found[path] = (barriers(page), overflow(page))
    for name in steps(page, paths):
        found[f"{name} {page.url}"] = (barriers(page), overflow(page))
    again = open_page("/admin/", scheme=scheme, width=width)
    for name, shown in second_factor(page, again, world.username):
        found[name] = (barriers(shown), overflow(shown))
    assert {name: what for name, what in found.items() if what != ([], 0)} == {}
    assert len(found) == len(paths) + 5 + 6


def test_the_judge_sees_what_is_wrong(open_page: OpenPage) -> None:
    """A negative control: a field without a name is found."""
    page = open_page("/admin/")
    page.evaluate("document.body.append(document.createElement('input'))")
    assert [rule.partition(":")[0] for rule in barriers(page)] == ["label"]
