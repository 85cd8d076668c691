"""Lists of the admin in a browser: a view is saved, shared and pinned; on a phone each row is two lines."""

import pytest
from playwright.sync_api import Page, expect

from config.common.saved_views.models import SavedView
from imports.models import Import
from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage
from tests.e2e.test_imports_admin import town_of_three
from tests.e2e.test_pages import overflow

DELIVERIES = "/admin/imports/import/"
PHONE = 390
# Two lines of text, and the space above and below.
HIGHEST_ROW = 66
LISTS = ("airports/airport", "imports/import", "imports/source", "imports/channel", "imports/correction",
         "analytics/townplace", "analytics/importdemand", "auth/user", "privacy/readaudit")  # fmt: skip


def highest_row(page: Page) -> float:
    """The height of the highest row of the list, in pixels; 0 without any."""
    heights = page.locator("#result_list tr.data-row").evaluate_all(
        "rows => rows.map(row => row.getBoundingClientRect().height)"
    )
    return max(heights, default=0)


def test_a_view_is_saved_shared_pinned_and_found_on_the_dashboard(admin: OpenPage) -> None:
    Import.objects.create(source="broken", status="failed")
    page = admin(f"{DELIVERIES}?status__exact=failed")
    page.get_by_text("Save this view").click()
    form = page.locator(".saved-new form")
    form.get_by_label("Name").fill("What failed")
    form.get_by_label("Share with whoever may open this list").check()
    form.get_by_label("Pin to my dashboard").check()
    assert barriers(page, within=".saved-views") == []
    form.get_by_role("button", name="Save").click()
    view = page.locator(".saved-views li", has_text="What failed")
    expect(view.get_by_role("link")).to_have_attribute("aria-current", "page")
    assert SavedView.objects.get().is_shared
    # It is renamed where it stands.
    view.locator("summary").click()
    view.get_by_label("Name").fill("To mend")
    view.get_by_role("button", name="Rename").click()
    expect(page.locator(".saved-views li")).to_contain_text("To mend")
    page.goto("/admin/")
    tile = page.locator("#views")
    expect(tile.get_by_role("listitem")).to_contain_text("To mend")
    expect(tile.locator("strong")).to_have_text("1")
    assert barriers(page, within="#views") == []
    tile.get_by_role("link", name="To mend").click()
    page.wait_for_url("**status__exact=failed")
    page.goto("/admin/")
    page.get_by_role("button", name="Unpin To mend").click()
    expect(page.locator("#views")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_a_row_is_two_lines_and_nothing_scrolls_sideways(admin: OpenPage, scheme: str) -> None:
    import_id = town_of_three()
    page = admin(f"/admin/imports/citizen/?delivery__id__exact={import_id}", width=PHONE, scheme=scheme)
    assert 0 < highest_row(page) <= HIGHEST_ROW
    assert barriers(page, within="#content") == []
    for path in LISTS:
        page.goto(f"/admin/{path}/")
        assert (path, highest_row(page) <= HIGHEST_ROW, overflow(page)) == (path, True, 0)


def test_on_a_phone_the_whole_row_leads_to_its_page(admin: OpenPage) -> None:
    import_id = town_of_three()
    page = admin(f"/admin/imports/citizen/?delivery__id__exact={import_id}", width=PHONE)
    row = page.locator("#result_list tr.data-row").first
    box = row.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 5, box["y"] + box["height"] / 2 + 5)
    page.wait_for_url("**/change/**")
