"""What somebody does with airports in the admin, in a browser; each page of our own is judged for accessibility."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from airports.models import Airport
from airports.services.delete_airport import delete_airport
from airports.services.flag_airport import flag_airport
from airports.services.update_airport import update_airport
from tests.airports.builders import make_airport, make_valencia
from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage, World, sign_in

LIST = "/admin/airports/airport/"
ROW = "Valencia Airport,Manises,Spain,VLC,LEVC,39.4893,-0.481625,240,1,E,Europe/Madrid,airport,OurAirports\n"


@pytest.fixture
def staff(open_page: OpenPage, world: World) -> Callable[..., Page]:
    """Opens a path of the admin as somebody who may do everything."""

    def open_as(path: str, **how: object) -> Page:
        page = open_page(path, **how)
        sign_in(page, world.username)
        expect(page).to_have_url(world.url + path)
        return page

    return open_as


def test_a_flagged_airport_is_restored(staff: Callable[..., Page]) -> None:
    airport = make_valencia()
    flag_airport(airport_id=airport.pk, actor=None)
    page = staff(f"{LIST}{airport.pk}/change/")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("1 restored.")).to_be_visible()
    assert not Airport.objects.get().is_deleted


def test_a_change_is_reverted_by_keyboard_alone(staff: Callable[..., Page]) -> None:
    airport = make_valencia()
    update_airport(airport_id=airport.pk, values={"city": "Elsewhere"}, actor=None)
    page = staff(f"{LIST}{airport.pk}/history/")
    assert barriers(page, within="#main") == []
    press(page, "Version 1")
    expect(page.get_by_text("(differs)")).to_be_visible()
    assert barriers(page, within="#main") == []
    press(page, "Revert to this version")
    expect(page.get_by_text("is as it was in that version")).to_be_visible()
    assert Airport.objects.get().city == "Valencia"


@pytest.mark.parametrize(("width", "cell", "name"), [(1440, "table-cell", "none"), (390, "flex", "block")])
def test_a_row_of_a_table_is_a_card_on_a_phone(staff: Callable[..., Page], width: int, cell: str, name: str) -> None:
    """Where each value has the name of its column before it."""
    airport = make_valencia()
    update_airport(airport_id=airport.pk, values={"city": "Elsewhere"}, actor=None)
    page = staff(f"{LIST}{airport.pk}/history/", width=width)
    shown = "one => [getComputedStyle(one).display, getComputedStyle(one, '::before').display]"
    assert page.locator("td[data-label=Changes]").first.evaluate(shown) == [cell, name]
    assert page.locator("thead").is_visible() is (width == 1440)


def press(page: Page, name: str) -> None:
    """Goes on with Tab until what has the focus is called `name`, then presses Enter."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText.trim()") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not to be reached by Tab")


def test_a_file_is_looked_at_and_taken_in(staff: Callable[..., Page]) -> None:
    make_valencia()
    page = staff(f"{LIST}upload/")
    assert barriers(page, within="#main") == []
    page.set_input_files("input[type=file]", FilePayload(name="a.csv", mimeType="text/csv", buffer=ROW.encode()))
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Valencia → Manises")).to_be_visible()
    assert barriers(page, within="#main") == []
    assert Airport.objects.get().city == "Valencia"
    page.get_by_role("button", name="Take the file in").click()
    expect(page.get_by_text("The file was taken in: 1 row, 0 created, 1 updated")).to_be_visible()
    assert Airport.objects.get().city == "Manises"


def test_what_was_exported_comes_back_unchanged(staff: Callable[..., Page], tmp_path: Path) -> None:
    make_valencia()
    make_airport("=1+1", city='"quoted", -5')
    page = staff(f"{LIST}?o=1")
    with page.expect_download() as download:
        page.locator(".list-export").get_by_role("link", name="CSV").click()
    file = tmp_path / "airports.csv"
    download.value.save_as(file)
    page.goto(f"{LIST}upload/")
    page.set_input_files("input[type=file]", file)
    page.locator("button[name=upload]").click()
    expect(page.get_by_text("2 rows, 0 created, 0 updated, 2 unchanged")).to_be_visible()


def test_deleting_for_good_lists_what_goes(staff: Callable[..., Page]) -> None:
    airport = make_valencia()
    flag_airport(airport_id=airport.pk, actor=None)
    make_airport("Kept")
    page = staff(LIST)
    page.locator("#action-toggle").check()
    page.select_option("select[name=action]", "delete_selected_for_good")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("1 other of the selected stay")).to_be_visible()
    assert barriers(page, within="#main") == []
    page.get_by_role("button", name="Delete 1 for good").click()
    expect(page.get_by_text("1 deleted for good, 1 left alone.")).to_be_visible()
    assert [one.name for one in Airport.objects.all()] == ["Kept"]


def test_an_airport_that_is_gone_is_made_again(staff: Callable[..., Page]) -> None:
    airport = make_valencia()
    delete_airport(airport_id=airport.pk, actor=None)
    page = staff("/admin/airports/historicalairport/")
    page.get_by_role("link", name="Valencia Airport").click()
    page.get_by_role("link", name="Version 1").first.click()
    page.get_by_role("button", name="Make this airport again").click()
    expect(page.get_by_text("was made again")).to_be_visible()
    assert Airport.objects.get().iata == "VLC"
