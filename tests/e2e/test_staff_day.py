"""A day's tasks of staff, each from its first page to its result, in English, Spanish and Russian."""

import csv
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from playwright.sync_api import expect

from config.common.saved_views.models import SavedView
from imports.models import Import
from imports.services.loading.load_received import load_received
from imports.services.residents.rename_value import ask_rename
from tests.common.changes.world import corrected
from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage, World, sign_in
from tests.e2e.desk import LANGUAGES, Desk, at_desk
from tests.e2e.test_analytics_reading import printed, text_of
from tests.e2e.test_imports_admin import town_of_three
from tests.e2e.test_invitation import CHOSEN, link_in, mailbox  # noqa: F401 - a fixture
from tests.factories import people, relate
from tests.imports.world import body_of, load, received, stored

# How the grid is seen: by day, by night, and on a phone.
SCREENS: dict[str, dict[str, Any]] = {"en": {}, "es": {"width": 390}, "ru": {"scheme": "dark"}}


@pytest.fixture(params=LANGUAGES)
def desk(request: pytest.FixtureRequest, world: World, open_page: OpenPage) -> Desk:
    """The superuser's, in each language."""
    return at_desk(world, open_page, request.param)


def lines(count: int, **values: str) -> bytes:
    """A file of so many residents."""
    return "\n".join(map(json.dumps, people(count, **values))).encode()


def test_a_typo_in_a_source_is_caught_before_anything_is_loaded(desk: Desk) -> None:
    load(people(20), source="embassy")
    page = desk.open("/admin/imports/import/upload/")
    page.locator("input[type=file]").set_input_files({"name": "a.ndjson", "mimeType": "", "buffer": lines(20)})
    desk.field(page, "Or a new source").fill(" EMBASSY")
    desk.button(page, "Upload").click()
    expect(
        page.get_by_text(desk.say("There is such a source. Choose it in the list, or ask a manager."))
    ).to_be_visible()
    assert Import.objects.filter(source__icontains="embassy").count() == 1


def test_half_a_file_waits_until_somebody_approves_it(desk: Desk) -> None:
    load(people(20), source="embassy")
    page = desk.open("/admin/imports/import/upload/")
    page.locator("input[type=file]").set_input_files({"name": "a.ndjson", "mimeType": "", "buffer": lines(10)})
    desk.field(page, "Source").first.select_option("embassy")
    desk.button(page, "Upload").click()
    page.wait_for_url("**/change/")
    found = Import.objects.latest("pk")
    load_received(import_id=found.pk)
    found.refresh_from_db()
    assert found.status == "checked"
    desk.button(page, "Approve").click()
    load_received(import_id=found.pk)
    found.refresh_from_db()
    assert found.status == "complete"


def test_a_delivery_is_replaced_and_keeps_its_corrections(desk: Desk) -> None:
    residents = people(12, channel="Insta")
    first = load(residents, source="embassy")
    ask_rename(import_id=first, field="channel", before="Insta", after="instagram", actor=desk.user)
    second = load(residents, source="embassy")
    page = desk.open(f"/admin/imports/import/{second}/change/")
    desk.link(page, "Corrections of the one before").click()
    desk.button(page, "Carry them forward").click()
    page.wait_for_url("**/change/")
    assert {row["channel"] for row in stored(second).values()} == {"instagram"}


def test_an_importer_is_invited_sets_a_password_and_uploads(desk: Desk, mailbox: Path) -> None:  # noqa: F811
    page = desk.open("/admin/auth/user/add/")
    page.locator("[name=username]").fill("ivo")
    page.locator("[name=email]").fill("ivo@example.org")
    page.get_by_role("checkbox", name=desk.say("Importers")).check()
    page.locator("[name=_save]").click()
    page.wait_for_url("**/auth/user/**")
    ivo = desk.opener(link_in(mailbox), locale=desk.language)
    for name in ("new_password1", "new_password2"):
        ivo.locator(f"[name={name}]").fill(CHOSEN)
    desk.button(ivo, "Set the password").click()
    sign_in(ivo, "ivo", CHOSEN)
    ivo.wait_for_url("**/admin/")
    ivo.goto("/admin/imports/import/upload/")
    ivo.locator("input[type=file]").set_input_files({"name": "a.ndjson", "mimeType": "", "buffer": lines(3)})
    desk.field(ivo, "Or a new source").fill("Ivo's school")
    desk.button(ivo, "Upload").click()
    ivo.wait_for_url("**/change/")
    assert Import.objects.filter(source="Ivo's school", created_by__username="ivo").exists()


def test_a_renaming_is_undone_from_the_change_log(desk: Desk) -> None:
    import_id = town_of_three()
    ask_rename(import_id=import_id, field="town", before="Kiev", after="Kyiv", actor=desk.user)
    page = desk.open(f"/admin/imports/import/{import_id}/change/")
    # Before its name is the name of its icon.
    page.get_by_role("link", name=desk.say("Change log")).click()
    line = page.get_by_role("row").filter(has_text="Kiev → Kyiv")
    expect(line).to_have_count(1)
    assert barriers(page, within="#content") == []
    line.get_by_role("link", name=desk.say("Undo")).click()
    about = ("%(count)s resident: %(before)s → %(after)s", "%(count)s residents: %(before)s → %(after)s")
    expect(page.get_by_text(desk.count(*about, 3, count=3, before="Kyiv", after="Kiev"))).to_be_visible()
    assert barriers(page, within="#content") == []
    desk.button(page, "Undo").click()
    done = ("Undone: %(count)s resident is called %(after)s again.",
            "Undone: %(count)s residents are called %(after)s again.")  # fmt: skip
    expect(page.get_by_text(desk.count(*done, 3, count=3, after="Kiev"))).to_be_visible()
    assert {row["town"] for row in stored(import_id).values()} == {"Kiev"}


def test_a_view_of_a_list_is_saved_shared_pinned_and_found_on_the_dashboard(desk: Desk) -> None:
    Import.objects.create(source="broken", status="failed")
    page = desk.open("/admin/imports/import/?status__exact=failed")
    page.get_by_text(desk.say("Save this view")).click()
    form = page.locator(".saved-new form")
    desk.field(form, "Name").fill("What failed")
    desk.field(form, "Share with whoever may open this list").check()
    desk.field(form, "Pin to my dashboard").check()
    assert barriers(page, within=".saved-views") == []
    desk.button(form, "Save").click()
    view = page.locator(".saved-views li", has_text="What failed")
    expect(view.get_by_role("link")).to_have_attribute("aria-current", "page")
    assert SavedView.objects.get().is_shared
    # It is renamed where it stands.
    view.locator("summary").click()
    desk.field(view, "Name").fill("To mend")
    desk.button(view, "Rename").click()
    expect(page.locator(".saved-views li")).to_contain_text("To mend")
    page.goto("/admin/")
    tile = page.locator("#views")
    expect(tile.get_by_role("listitem")).to_contain_text("To mend")
    expect(tile.locator("strong")).to_have_text("1")
    assert barriers(page, within="#views") == []
    tile.get_by_role("link", name="To mend").click()
    page.wait_for_url("**status__exact=failed")
    page.goto("/admin/")
    page.get_by_role("button", name=f"{desk.say('Unpin')} To mend").click()
    expect(page.locator("#views")).to_have_count(0)


def test_five_refused_rows_are_mended_in_the_page_by_keyboard(desk: Desk) -> None:
    citizens = relate(people(40), "relatives", (2, 3))
    spoilt = {2: ("town", ""), 9: ("birth_date", "31.02.1990"), 17: ("gender", "?"), 23: ("apartment", "bajo")}
    for number, (field, value) in spoilt.items():
        citizens[number - 1][field] = value
    citizens[39]["friends"] = ["x"]
    found = Import.objects.get(pk=received(body_of(citizens), source="office"))
    assert load_received(import_id=found.pk) == "failed"
    page = desk.open(f"/admin/imports/import/{found.pk}/change/", **SCREENS[desk.language])
    expect(desk.button(page, "Try again")).to_have_count(0)
    place = desk.say("%(place)s, resident %(id)s", place=desk.say("entry %(number)s", number=9), id=9)
    wrong = page.get_by_label(f"{desk.say('birth date')}, {place}")
    expect(wrong).to_have_accessible_description(desk.say("A real date written DD.MM.YYYY is expected."))
    assert barriers(page, within="#import-status") == []
    right = {2: "Cádiz", 9: "28.02.1990", 17: "female", 23: "piso 3", 40: ""}
    for number, text in right.items():
        page.locator(f'[name="{number}-{spoilt.get(number, ("friends",))[0]}"]').focus()
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type(text) if text else page.keyboard.press("Delete")
    page.keyboard.press("Enter")

    still = ("%(refused)s row is still wrong, so nothing was loaded. What you typed is kept here.",
             "%(refused)s rows are still wrong, so nothing was loaded. What you typed is kept here.")  # fmt: skip
    expect(page.get_by_role("alert")).to_have_text(desk.count(*still, 1, refused=1))
    expect(page.locator("[aria-invalid]")).to_have_count(1)
    expect(page.locator("[name='2-town']")).to_have_value("Cádiz")
    assert barriers(page, within="#content") == []
    page.locator("[aria-invalid]").fill("3")
    desk.button(page, "Load the corrected rows").click()
    expect(page.get_by_role("heading", name=desk.say("Queued"))).to_be_visible()
    load_received(import_id=found.pk)
    # Nobody reloads the page.
    expect(page.get_by_role("heading", name=desk.say("Complete"))).to_be_visible()
    rows = stored(found.pk)
    assert [rows[one][field] for one, (field, _) in spoilt.items()] == ["Cádiz", "28.02.1990", "female", 3]
    assert (len(rows), rows[40]["friends"], rows[2]["relatives"]) == (40, [], [3])


def test_the_demand_is_printed_with_its_intervals(demand: World, desk: Desk) -> None:
    page = desk.open("/analytics/")
    parts = ("opportunities", "heat", "channels", "map", "segments")
    told = {part: page.locator(f"#{part} td.number:last-child").all_text_contents() for part in parts}
    assert all(told.values())
    paper = text_of(printed(page))
    assert [interval for found in told.values() for interval in found if interval not in paper] == []


def test_a_segment_of_the_ranking_leads_to_as_many_residents(demand: World, desk: Desk) -> None:
    page = desk.open("/analytics/")
    page.locator("#opportunities .behind summary").click()
    first = page.locator("#opportunities tbody tr").first
    place = first.locator("xpath=../../thead/tr/th").all_inner_texts().index(desk.say("Residents"))
    count = int(first.locator("th, td").nth(place).inner_text())
    first.get_by_role("link").first.click()
    page.locator("#segment a.residents").click()
    picture = ("%(total)s resident in the current picture", "%(total)s residents in the current picture")
    expect(page.locator("#content")).to_contain_text(desk.count(*picture, count, total=count))
    export = ("%(counter)s row as listed here, to take away:", "%(counter)s rows as listed here, to take away:")
    expect(page.locator(".list-export")).to_contain_text(desk.count(*export, count, counter=count))


def test_the_change_log_says_who_changed_the_town_of_a_resident(desk: Desk) -> None:
    import_id = town_of_three()
    corrected(import_id, 1, User.objects.get(username="mia"), town="Lviv")
    corrected(import_id, 1, desk.user, street="Main Street")
    corrected(import_id, 2, desk.user, town="Odesa")
    page = desk.open("/admin/")
    page.goto("/admin/changes/recordedchange/")
    form = page.locator("#content form[role=search]")
    desk.field(form, "Search").fill(f"{import_id}/1")
    form.get_by_text(desk.say("More filters")).click()
    # As the list calls it.
    town = desk.say("town").capitalize()
    desk.field(form, "Field").fill(town)
    desk.button(form, "Find").click()
    page.wait_for_url("**field=**")
    rows = page.locator("#content tbody tr")
    expect(rows).to_have_count(1)
    expect(rows.locator("td").nth(1)).to_have_text("mia")
    expect(rows).to_contain_text(f"{town}: Kiev → Lviv")


def test_residents_of_an_age_and_gender_are_taken_away_as_a_file(desk: Desk) -> None:
    born = ("01.01.2000", "01.01.2000", "01.01.1960", "01.01.2000")
    import_id = load(
        one | {"birth_date": date, "gender": gender}
        for one, date, gender in zip(people(4), born, ("female", "male", "female", "female"), strict=True)
    )
    page = desk.open(f"/admin/imports/citizen/?delivery__id__exact={import_id}")
    desk.field(page, "Age from").fill("20")
    page.locator("[name=age_to]").fill("40")
    desk.field(page, "Female").check()
    desk.button(page.locator("#content"), "Find").click()
    expect(page.locator("#result_list tr.data-row")).to_have_count(2)
    with page.expect_download() as download:
        page.locator(".list-export").get_by_role("link", name="CSV").click()
    rows = csv.DictReader(download.value.path().read_text("utf-8-sig").splitlines())
    assert [(row["citizen_id"], row["gender"], row["birth_date"]) for row in rows] == [
        ("1", "female", "01.01.2000"),
        ("4", "female", "01.01.2000"),
    ]


def test_a_language_and_a_time_zone_are_chosen_and_seen_at_once(desk: Desk) -> None:
    page = desk.open("/admin/preferences/")
    chosen = replace(desk, language=LANGUAGES[LANGUAGES.index(desk.language) - 1])
    desk.field(page, "Language").select_option(chosen.language)
    desk.field(page, "Time zone").select_option("America/Bogota")
    desk.button(page, "Save").click()
    expect(page.locator("html")).to_have_attribute("lang", chosen.language)
    expect(page.get_by_text(chosen.say("Saved."))).to_be_visible()
    at = datetime(2026, 3, 5, 3, 7, tzinfo=UTC)
    found = Import.objects.create(source="night", status="failed")
    Import.objects.filter(pk=found.pk).update(created_at=at)
    page.goto(f"/admin/imports/import/{found.pk}/change/")
    with translation.override(chosen.language):
        moment = date_format(at.astimezone(ZoneInfo("America/Bogota")), "DATETIME_FORMAT")
    expect(page.locator("#import-status")).to_contain_text(moment)
    # Back, in the menu of one's account, which leads to where one was.
    page.locator("[x-on\\:click='openUserLinks = !openUserLinks']").click()
    page.get_by_role("button", name=get_language_info(desk.language)["name_local"]).click()
    expect(page.locator("html")).to_have_attribute("lang", desk.language)
    expect(page).to_have_url(re.compile(f"/import/{found.pk}/change/$"))
    page.goto("/")
    expect(page.get_by_role("heading", name=desk.say("Who wants the next course?"))).to_be_visible()
