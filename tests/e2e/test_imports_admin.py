"""What staff do with deliveries in the admin, in a browser."""

import io
import json

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from imports.models import Citizen, Import
from imports.services.loading.load_received import load_received
from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage
from tests.factories import people, relate
from tests.imports.world import load, stored


def town_of_three() -> int:
    """Residents 1 to 3 of Kiev; 1 and 2 are relatives."""
    citizens = relate(people(3, town="Kiev"), "relatives", (1, 2))
    for citizen, name in zip(citizens, ("Anna", "Boris", "Carla"), strict=True):
        citizen["name"] = name
    return load(citizens)


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until what `selector` matches has the focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not get to {selector}")


def test_a_file_with_two_bad_lines_says_what_is_wrong_as_soon_as_it_is_known(admin: OpenPage) -> None:
    citizens = people(4)
    citizens[1]["town"], citizens[3]["birth_date"] = "", "31.02.1990"
    lines = "\n".join(map(json.dumps, citizens)).encode()
    page = admin("/admin/imports/import/upload/")
    assert barriers(page, within="#content") == []
    page.locator("input[type=file]").set_input_files({"name": "a.ndjson", "mimeType": "", "buffer": lines})
    page.get_by_label("Or a new source").fill("padrón")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name="Queued")).to_be_visible()
    load_received(import_id=Import.objects.latest("id").pk)
    # Nobody reloads the page.
    expect(page.get_by_role("heading", name="Failed")).to_be_visible()
    wrong = page.get_by_role("region", name="Wrong rows").get_by_role("row")
    expect(wrong.nth(1)).to_contain_text("Line 2, resident 2")
    expect(wrong.nth(1)).to_contain_text("At least 1 character is expected.")
    expect(wrong.nth(2)).to_contain_text("A real date written DD.MM.YYYY is expected.")
    assert barriers(page, within="#import-status") == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the wrong rows").click()
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["2", "4"]


def test_a_friend_is_found_by_keyboard_alone_and_shows_on_the_other_side(admin: OpenPage) -> None:
    import_id = town_of_three()
    key = Citizen.objects.get(delivery_id=import_id, citizen_id=1).pk
    page = admin(f"/admin/imports/citizen/{key}/change/")
    tab_to(page, ".field-friends .select2-search__field, .field-friends .select2-selection")
    page.keyboard.type("car")
    expect(page.get_by_role("option", name="Carla (3)")).to_be_visible()
    page.keyboard.press("Enter")
    tab_to(page, "[name=_continue]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Carla (3) is now a friend of Anna (1).")).to_be_visible()
    expect(page.get_by_role("region", name="Corrections")).to_contain_text("friends: [] → [3]")
    assert (stored(import_id)[3]["friends"], stored(import_id)[2]["relatives"]) == ([1], [1])


def test_a_town_is_renamed_after_a_look_at_whom_it_is_about(admin: OpenPage) -> None:
    import_id = town_of_three()
    page = admin(f"/admin/imports/import/{import_id}/change/")
    page.get_by_role("link", name="Rename a town or channel").click()
    page.get_by_label("Is called").fill("Kiev")
    page.get_by_label("Shall be called").fill("Kyiv")
    page.get_by_role("button", name="Look at whom it is about").click()
    expect(page.get_by_role("region", name="Preview")).to_contain_text("3 residents: Kiev → Kyiv")
    assert barriers(page, within="#content") == []
    page.get_by_role("button", name="Rename them").click()
    expect(page.get_by_text("3 residents renamed: Kiev → Kyiv.")).to_be_visible()
    assert {row["town"] for row in stored(import_id).values()} == {"Kyiv"}


def test_residents_are_found_by_the_beginning_of_a_name(admin: OpenPage) -> None:
    import_id = town_of_three()
    page = admin(f"/admin/imports/import/{import_id}/change/")
    page.get_by_role("link", name="Its residents", exact=True).click()
    page.get_by_label("Name begins with, or id").fill("bo")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="Boris")).to_be_visible()
    expect(page.get_by_role("link", name="Anna")).to_be_hidden()
    assert barriers(page, within="#content") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_is_found_in_all_deliveries_and_exported(admin: OpenPage, scheme: str) -> None:
    citizens = people(1, name="Anna", birth_date="26.12.1986")
    load(citizens), load(citizens)
    page = admin("/admin/imports/citizen/", scheme=scheme)
    assert barriers(page, within="#content") == []
    page.get_by_role("link", name="Find a person").click()
    page.get_by_label("Name").fill("ánna")
    page.get_by_label("Date of birth").fill("26.12.1986")
    page.locator("#content").get_by_role("button", name="Find", exact=True).click()
    expect(page.get_by_role("region", name="Found").get_by_role("checkbox")).to_have_count(2)
    assert barriers(page, within="#content") == []
    for box in page.get_by_role("region", name="Found").get_by_role("checkbox").all():
        box.check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export everything of the ticked").click()
    assert len(json.loads(download.value.path().read_text())["deliveries"]) == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_before_an_erasure_shuts_nobody_out(admin: OpenPage, scheme: str) -> None:
    page = admin(f"/admin/imports/import/{town_of_three()}/erase/", scheme=scheme)
    expect(page.get_by_role("button", name="Erase for good")).to_be_visible()
    assert barriers(page, within="#content") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bar_of_a_load_has_the_colours_of_the_admin(admin: OpenPage, scheme: str) -> None:
    row = Import.objects.create(source="slow", status="loading", citizen_count=10, processed=4)
    bar = admin(f"/admin/imports/import/{row.pk}/change/", scheme=scheme).get_by_role("progressbar")
    expect(bar).to_have_css("appearance", "none")
    expect(bar).to_have_css("height", "8px")


def test_on_a_phone_every_delivery_can_be_chosen(admin: OpenPage) -> None:
    for status in ("queued", "complete"):
        Import.objects.create(source="any", status=status)
    page = admin("/admin/imports/import/", width=390)
    expect(page.locator("#result_list")).to_be_visible()
    boxes = page.locator("#result_list tr.data-row input[name=_selected_action]")
    expect(boxes).to_have_count(Import.objects.count())
    for box in boxes.all():
        box.check()
