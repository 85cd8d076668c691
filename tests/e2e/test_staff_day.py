"""A day's tasks of staff, each from its first page to its result, in English, Spanish and Russian."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from imports.models import Import
from imports.services.loading.load_received import load_received
from imports.services.residents.rename_value import ask_rename
from tests.e2e.conftest import OpenPage, World, sign_in
from tests.e2e.desk import LANGUAGES, Desk, at_desk
from tests.e2e.test_invitation import CHOSEN, link_in, mailbox  # noqa: F401 - a fixture
from tests.factories import people
from tests.imports.world import load, stored


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
