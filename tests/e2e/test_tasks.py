"""Tasks of staff from the sign-in to the result, where no other file has them; some by the keyboard alone.

Ten that must not break, and where they are:

- a relative is corrected, and the other side with it: here; a friend, by keyboard: `test_imports_admin.py`
- a flagged airport is restored; a change is reverted, by keyboard; a file is looked at and taken in:
  `test_airports_admin.py`
- a delivery with two bad lines says which, and gives them out; a town is renamed throughout it: `test_imports_admin.py`
- a town that is not on the map is found and settled: `test_dashboard.py`
- a schedule is changed, a token is issued and shown once, a resident is erased on request, the palette finds a
  delivery by keyboard: here
"""

import re

from django_celery_beat.models import IntervalSchedule, PeriodicTask
from playwright.sync_api import expect

from config.common.accounts.models import ApiToken
from imports.models import Citizen
from tests.e2e.axe import barriers
from tests.e2e.conftest import PASSWORD, OpenPage, World, sign_in
from tests.e2e.test_imports_admin import town_of_three
from tests.e2e.test_second_factor import type_into
from tests.imports.world import stored
from tests.server import Server

SCHEDULES = "/admin/background/schedule/"


def test_a_wrong_relative_is_taken_off_both_sides(open_page: OpenPage, world: World) -> None:
    import_id = town_of_three()
    key = Citizen.objects.get(delivery_id=import_id, citizen_id=1).pk
    page = open_page(f"/admin/imports/citizen/{key}/change/")
    sign_in(page, world.username)
    page.locator(".field-relatives .select2-selection__choice__remove").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_role("region", name="Corrections")).to_contain_text("relatives: [2] → []")
    assert [stored(import_id)[citizen]["relatives"] for citizen in (1, 2)] == [[], []]


def test_a_schedule_runs_at_six_in_madrid_instead_of_every_minute(open_page: OpenPage, world: World) -> None:
    minute = IntervalSchedule.objects.create(every=1, period="minutes")
    task = PeriodicTask.objects.create(name="Count by hand", task="analytics.refresh", interval=minute)
    page = open_page(SCHEDULES)
    sign_in(page, world.username)
    expect(page.get_by_role("row", name="Count by hand")).to_contain_text("every minute")
    page.get_by_role("link", name="Count by hand").click()
    # Only what counts is asked.
    expect(page.get_by_label("At", exact=True)).to_be_hidden()
    page.get_by_label("Every day", exact=True).check()
    expect(page.get_by_label("Unit")).to_be_hidden()
    page.get_by_label("At", exact=True).fill("06:00")
    page.get_by_label("Time zone").select_option("Europe/Madrid")
    assert barriers(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("row", name="Count by hand")).to_contain_text("every day at 06:00 Europe/Madrid")
    task.refresh_from_db()
    assert (task.interval, task.crontab.hour, task.enabled) == (None, "6", True)


def test_a_token_is_issued_seen_once_and_works(open_page: OpenPage, world: World, server: Server) -> None:
    page = open_page("/admin/accounts/apitoken/")
    sign_in(page, world.username)
    page.locator("a[href$='/apitoken/add/']").first.click()
    # Until a script has put the list that can be searched in the place of the plain one.
    expect(page.locator("#select2-id_user-container")).to_be_visible()
    page.get_by_role("combobox", name="User").click()
    page.keyboard.type("mi")
    page.get_by_role("option", name="mia").click()
    page.get_by_label("Label").fill("nightly load")
    page.get_by_role("button", name="Save", exact=True).click()
    shown = page.get_by_text("The token, shown this once:")
    key = re.search(r"once: (\S+)", shown.inner_text())
    assert key
    with server.client(key[1]) as client:
        assert client.get("/imports").status_code == 200
    page.goto(f"/admin/accounts/apitoken/{ApiToken.objects.get(label='nightly load').pk}/change/")
    expect(page.get_by_text("nightly load").first).to_be_visible()
    assert key[1] not in page.content()


def test_a_resident_who_asks_for_it_is_erased(open_page: OpenPage, world: World) -> None:
    import_id = town_of_three()
    page = open_page(f"/admin/imports/citizen/?delivery__id__exact={import_id}")
    sign_in(page, world.username)
    page.get_by_label("Name begins with, or id").fill("Anna")
    page.get_by_role("button", name="Find").click()
    page.locator("input[name=_selected_action]").check()
    page.select_option("select[name=action]", "erase_everything")
    page.get_by_role("button", name="Run").click()
    plan = f"Resident 1 of delivery {import_id}: 1 resident, a mention among the relatives and friends of 1 other"
    expect(page.get_by_text(plan)).to_be_visible()
    assert (barriers(page, within="#content"), len(stored(import_id))) == ([], 3)
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("Gone: resident 1")).to_be_visible()
    assert {key: row["relatives"] for key, row in stored(import_id).items()} == {2: [], 3: []}


def test_who_changes_their_mind_leaves_the_resident(open_page: OpenPage, world: World) -> None:
    import_id = town_of_three()
    path = f"/admin/imports/citizen/?delivery__id__exact={import_id}"
    page = open_page(path)
    sign_in(page, world.username)
    page.locator("input[name=_selected_action]").first.check()
    page.select_option("select[name=action]", "erase_everything")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("link", name="Leave them").click()
    expect(page).to_have_url(world.url + path)
    assert len(stored(import_id)) == 3


def test_the_palette_finds_a_delivery_by_keyboard_alone(open_page: OpenPage, world: World) -> None:
    import_id = town_of_three()
    page = open_page("/admin/")
    type_into(page, "Username", world.username)
    type_into(page, "Password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{world.url}/admin/")
    # Until the palette's script listens, and until its field is there to type into.
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    expect(page.locator("input:focus")).to_be_visible()
    page.keyboard.type(str(import_id))
    expect(page.get_by_role("link", name=f"Delivery {import_id} from default")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{world.url}/admin/imports/import/{import_id}/change/")
