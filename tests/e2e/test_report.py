"""The report of the demand in a browser and on paper."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage, World
from tests.e2e.test_analytics import open_demand
from tests.e2e.test_analytics_reading import PAGE_WIDTH, PHONE, printed, text_of
from tests.e2e.test_pages import overflow

PARTS = ("opportunities", "channels", "heat", "catchments")


def test_it_is_a_page_or_two_with_the_pictures_and_without_menus(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand, "/analytics/?gender=female", scheme="dark")
    page.get_by_role("link", name="A report to print and hand on").click()
    expect(page).to_have_url(f"{demand.url}/analytics/report?gender=female")
    for part in PARTS:
        expect(page.locator(f"#{part}-chart svg")).to_be_visible()
    assert (overflow(page), barriers(page)) == (0, [])
    reader = printed(page)
    whole = text_of(reader)
    assert len(reader.pages) <= 2
    # Of the first picture, the last one, and the table beside it.
    for text in ("Who wants the next course?", "gender female", "instagram", "above 160", "95 % interval", "Counted "):
        assert text in whole
    assert f"{demand.url}/analytics/report?gender=female" in whole.replace(" ", "")
    # No way elsewhere, and none of the tables behind pictures that say the same.
    assert [
        text
        for text in ("as CSV", "Print", "Dashboard", "The figures", "PNG", "By channel Courses per")
        if text in whole
    ] == []
    assert [float(sheet.mediabox.width) for sheet in reader.pages] == pytest.approx(
        [PAGE_WIDTH] * len(reader.pages), abs=1
    )


def test_on_a_phone_it_fits_and_leads_back(open_page: OpenPage, demand: World) -> None:
    page = open_demand(open_page, demand, "/analytics/report?city=Lima&city=Kyiv", width=PHONE, scheme="dark")
    assert (overflow(page), barriers(page)) == (0, [])
    page.locator("#catchments summary").click()
    expect(page.locator("#catchments tbody tr").last).to_be_visible()
    page.get_by_role("link", name="To the page with these filters").click()
    expect(page).to_have_url(f"{demand.url}/analytics/?city=Lima&city=Kyiv")
