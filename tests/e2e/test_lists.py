"""Lists of the admin on a phone: each row is two lines, and leads to its page."""

import pytest
from playwright.sync_api import Page

from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage
from tests.e2e.test_imports_admin import town_of_three
from tests.e2e.test_pages import overflow

PHONE = 390
# Two lines of text, and the space above and below.
HIGHEST_ROW = 66
LISTS = ("airports/airport", "imports/import", "imports/source", "imports/channel", "analytics/townplace",
         "analytics/importdemand", "auth/user", "privacy/readaudit")  # fmt: skip


def highest_row(page: Page) -> float:
    """The height of the highest row of the list, in pixels; 0 without any."""
    heights = page.locator("#result_list tr.data-row").evaluate_all(
        "rows => rows.map(row => row.getBoundingClientRect().height)"
    )
    return max(heights, default=0)


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
