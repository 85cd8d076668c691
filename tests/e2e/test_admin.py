"""The admin in a browser: it runs under its content security policy."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage, World, sign_in

LISTS = {
    "/admin/airports/airport/": "0 rows",
    "/admin/airports/pendingchange/": "0 rows",
    "/admin/imports/import/": "9 rows",
    "/admin/imports/citizen/": "Choose a delivery",
    "/admin/changes/recordedchange/": "Change log",
    "/admin/auth/user/": "2 rows",
    "/admin/auth/group/": "4 rows",
    "/admin/accounts/apitoken/": "1 row",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_staff_sign_in_and_open_every_list(open_page: OpenPage, world: World, scheme: str) -> None:
    page = open_page("/admin/", scheme=scheme)
    sign_in(page, world.username)
    expect(page).to_have_url(f"{world.url}/admin/")
    for path, counted in LISTS.items():
        page.goto(path)
        expect(page.get_by_text(counted).last).to_be_visible()


def test_the_filters_of_a_list_open_and_filter(open_page: OpenPage, world: World) -> None:
    """They are Alpine.js: without `unsafe-eval` they would lie open and dead over the page."""
    page = open_page("/admin/imports/import/")
    sign_in(page, world.username)
    failed = page.get_by_role("checkbox", name="Failed")
    expect(failed).to_be_hidden()
    page.locator("a[x-on\\:click='filterOpen = true']").click()
    failed.check()
    page.get_by_role("button", name="Apply Filters").click()
    expect(page.get_by_text("0 rows").last).to_be_visible()


def test_forms_with_scripts_of_others_run_under_the_policy(open_page: OpenPage, world: World) -> None:
    """A complaint of the browser's fails the test, see `open_page`."""
    page = open_page("/admin/")
    sign_in(page, world.username)
    for path in ("background/schedule", "airports/airport", "auth/user", "accounts/apitoken"):
        page.goto(f"/admin/{path}/add/")
        expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
