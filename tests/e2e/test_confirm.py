"""A link to a change, walked through in a browser."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from airports.models import Airport
from airports.services.request_change import request_change
from airports.services.update_airport import update_airport
from tests.airports.builders import make_valencia
from tests.e2e.conftest import OpenPage, World, sign_in
from tests.e2e.test_pages import SCHEMES, WIDTHS, overflow

NEW: dict[str, Any] = {
    "name": "Aeropuerto Internacional de Valencia-Manises", "city": None, "altitude": 225.5, "tz": "Atlantic/Canary",
    "source": "https://example.org/" + "a-very-long-address-without-a-break" + "x" * 8,
}  # fmt: skip


@pytest.fixture
def link(world: World) -> str:
    """A link that the superuser asked for."""
    asker = User.objects.get(username=world.username)
    return f"/confirm/{request_change(airport_id=make_valencia().pk, values=NEW, actor=asker).token}"


def open_signed_in(open_page: OpenPage, world: World, link: str, **options: Any) -> Page:
    """The page behind the link, reached through the sign-in that it asks for."""
    page = open_page(link, **options)
    sign_in(page, world.username)
    expect(page).to_have_url(f"{world.url}{link}")
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_whoever_opens_a_link_signs_in_sees_both_versions_and_confirms(
    open_page: OpenPage, world: World, link: str, width: int, scheme: str
) -> None:
    page = open_signed_in(open_page, world, link, width=width, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_have_text("Change Valencia Airport?")
    assert page.locator("td").all_inner_texts() == [
        "Valencia Airport", NEW["name"], "Valencia", "unknown", "240", "225.5", "Europe/Madrid", "Atlantic/Canary",
        "OurAirports", NEW["source"],
    ]  # fmt: skip
    assert overflow(page) == 0
    page.get_by_role("button", name="Change the airport").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("was changed")
    assert (overflow(page), Airport.objects.get().name) == (0, NEW["name"])
    page.get_by_role("link", name="Look at it in the admin").click()
    expect(page.get_by_label("Name")).to_have_value(NEW["name"])


def test_it_works_without_javascript(open_page: OpenPage, world: World, link: str) -> None:
    page = open_signed_in(open_page, world, link)
    bare = page.context.browser and page.context.browser.new_context(
        base_url=world.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    assert bare
    plain = bare.new_page()
    plain.goto(link)
    plain.get_by_role("button", name="Change the airport").click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("was changed")
    bare.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_link_that_is_outdated_shows_what_changed_and_has_no_button(
    open_page: OpenPage, world: World, link: str, width: int
) -> None:
    # Chromium itself complains of an answer that is an error, so the link is opened while it holds.
    page = open_signed_in(open_page, world, link, width=width)
    update_airport(airport_id=Airport.objects.get().pk, values={"city": "Torrent"}, actor=None)
    answer = page.request.get(link, headers={"Accept": "text/html"})
    page.set_content(answer.text())
    expect(page.get_by_role("heading", level=1)).to_have_text("This cannot be confirmed")
    assert page.locator("td").all_inner_texts() == ["Valencia", "Torrent"]
    assert (answer.status, page.get_by_role("button").count(), overflow(page)) == (409, 0, 0)
