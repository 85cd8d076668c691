"""Deliveries in the admin."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from imports.models import Import, Rename
from imports.services.loading.load_received import load_received
from imports.services.loading.steer_delivery import approve_delivery
from tests.factories import ImportFactory, people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import body_of, load, received

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "Khreshchatyk"


@pytest.fixture
def viewer(client: Client) -> Client:
    """Somebody who may see where deliveries stand, and no resident."""
    user = User.objects.create_user("viewer")
    user.groups.add(Group.objects.get(name="Viewers"))
    client.force_login(user)
    return client


def test_the_list_says_how_far_deliveries_have_come(viewer: Client) -> None:
    ImportFactory(status=Import.Status.LOADING, citizen_count=200, processed=50)
    page = viewer.get("/admin/imports/import/").content.decode()
    assert page.count("25 %") == 1


def test_a_page_says_what_was_wrong_and_shows_no_resident(viewer: Client) -> None:
    errors = [{"pointer": "/citizens/3/town", "code": "too_short", "detail": "At least one character."}]
    differences = [{"citizen_id": 1, "difference": "new", "changes": {"street": {"from": None, "to": SECRET}}}]
    row = ImportFactory(status=Import.Status.FAILED, errors=errors, differences=differences)
    answer = viewer.get(f"/admin/imports/import/{row.pk}/change/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert ("Entry 4 · town" in page, SECRET in page) == (True, False)
    assert viewer.post(f"/admin/imports/import/{row.pk}/change/", {"source": "x"}).status_code == 403


def page(import_id: int) -> str:
    return f"/admin/imports/import/{import_id}/"


def test_errors_are_listed_with_where_they_stand_and_how_many_more_there_are(viewer: Client) -> None:
    errors = [{"pointer": "line 17", "code": "too_short", "detail": "town: At least 1 character is expected."}]
    row = ImportFactory(status=Import.Status.FAILED, errors=errors, more_errors=41)
    shown = text(viewer.get(f"{page(row.pk)}change/"))
    assert ("Line 17" in shown, "and 41 more" in shown) == (True, True)


@pytest.mark.parametrize(("status", "asks_again"), [("loading", True), ("queued", True), ("complete", False)])
def test_a_page_asks_again_while_its_import_is_under_way(viewer: Client, status: str, asks_again: bool) -> None:
    row = ImportFactory(status=status, citizen_count=200, processed=50)
    shown = text(viewer.get(f"{page(row.pk)}change/"))
    assert ('hx-trigger="every 2s"' in shown, 'max="200" value="50"' in shown) == (asks_again, asks_again)


def test_a_page_says_how_far_the_load_is_and_that_a_queued_one_waits(viewer: Client) -> None:
    said = {"loading": "25 %: 50 of 200 residents loaded.", "queued": "It waits for a worker."}
    rows = {status: ImportFactory(status=status, citizen_count=200, processed=50).pk for status in said}
    shown = {status: text(viewer.get(f"{page(key)}change/")) for status, key in rows.items()}
    assert [status for status, sentence in said.items() if sentence not in shown[status]] == []


def test_one_resident_is_one() -> None:
    editor = browser(somebody("Editors"))
    said: dict[str, Import] = {
        "1 of 1 resident loaded.": ImportFactory(status="loading", citizen_count=1, processed=1),
        "1 resident loaded.": ImportFactory(status="loading", processed=1),
        "1 resident.": ImportFactory(status="complete", citizen_count=1),
        "2 residents.": ImportFactory(status="complete", citizen_count=2),
        "1 resident ·": renamed(1),
        "3 residents ·": renamed(3),
    }
    pages = {sentence: text(editor.get(f"{page(row.pk)}change/")) for sentence, row in said.items()}
    assert [sentence for sentence, html in pages.items() if sentence not in html] == []


def renamed(citizens: int) -> Import:
    """A delivery in which a town of so many residents got another name."""
    delivery: Import = ImportFactory(status="complete")
    names = {"field": "town", "before": "Here", "after": "There"}
    Rename.objects.create(delivery=delivery, citizens=citizens, finished_at=timezone.now(), **names)
    return delivery


def test_what_a_delivery_has_not_gone_through_has_no_line(viewer: Client) -> None:
    rows = [ImportFactory(status="loading"), ImportFactory(status="erased", erased_at=timezone.now())]
    shown = [text(viewer.get(f"{page(row.pk)}change/")) for row in rows]
    helps = ("When somebody had its residents erased.", "When nothing personal of it was left.",
             "Its rows are about to go.", "How often a worker began to load it.")  # fmt: skip
    assert [[sentence in html for sentence in helps] for html in shown] == [
        [False, False, False, True],
        [True, True, False, True],
    ]


BUTTONS = {
    "checked": {"approve", "discard"},
    "failed": {"retry"},
    "cancelled": {"retry"},
    "queued": {"cancel"},
    "loading": {"cancel"},
    "complete": set[str](),
    "erased": set[str](),
}


@pytest.mark.parametrize("status", BUTTONS)
def test_there_is_a_button_for_what_is_allowed_and_for_nothing_else(status: str) -> None:
    owner, other = somebody("Importers"), somebody("Importers", "other")
    row = ImportFactory(status=status, created_by=owner, body_size=1)
    shown = [text(browser(user).get(f"{page(row.pk)}change/")) for user in (owner, other)]
    said = {step: f'/{step}/"' if step == "discard" else f'value="{step}"' for step in set().union(*BUTTONS.values())}
    assert [{step for step, words in said.items() if words in html} for html in shown] == [
        BUTTONS[status],
        set(),
    ]


def test_without_its_body_an_import_has_no_button_to_try_it_again() -> None:
    row = ImportFactory(status="failed", body_size=None)
    shown = text(browser(somebody("Managers")).get(f"{page(row.pk)}change/"))
    assert 'value="retry"' not in shown


def test_a_decision_is_taken_by_post_alone_and_by_whom_it_is_open_to() -> None:
    owner = somebody("Importers")
    row = ImportFactory(status="queued", created_by=owner)
    others = [somebody("Importers", "other"), somebody("Viewers"), somebody("Editors")]
    refused = [browser(user).post(f"{page(row.pk)}step/", {"step": "cancel"}).status_code for user in others]
    assert (refused, browser(owner).get(f"{page(row.pk)}step/").status_code) == ([404, 403, 403], 404)
    answer = browser(owner).post(f"{page(row.pk)}step/", {"step": "cancel"}, follow=True)
    row.refresh_from_db()
    assert (row.status, "is cancelled." in text(answer)) == ("cancelled", True)


def test_an_action_for_several_says_how_many_it_took_and_why_not_the_others() -> None:
    manager = somebody("Managers")
    rows = [ImportFactory(status=status) for status in ("queued", "loading", "complete")]
    form = {"action": "cancel_selected", "_selected_action": [row.pk for row in rows]}
    shown = text(browser(manager).post("/admin/imports/import/", form, follow=True))
    assert "2 cancelled, 1 left alone." in shown
    assert "This delivery is complete; it would have to be queued or loading." in shown


def choices(client: Client) -> list[str]:
    """The decisions that the list offers."""
    html = client.get("/admin/imports/import/").content.decode()
    return re.findall(r'<option value="(\w+)_selected"', html)


def test_the_list_offers_an_importer_their_own_imports_and_what_is_possible_with_them() -> None:
    owner, other = somebody("Importers"), somebody("Importers", "other")
    rows = {status: ImportFactory(status=status, created_by=owner, body_size=1).pk for status in BUTTONS}
    ImportFactory(status="checked", created_by=None)
    assert choices(browser(other)) == []
    assert choices(browser(owner)) == ["approve", "discard", "retry", "cancel"]
    Import.objects.exclude(pk=rows["failed"]).update(created_by=other)
    assert choices(browser(owner)) == ["retry"]


def test_every_delivery_can_be_chosen_to_be_taken_away() -> None:
    rows = {ImportFactory(status=status).pk for status in ("checked", "complete")}
    for role in ("Viewers", "Managers"):
        html = browser(somebody(role)).get("/admin/imports/import/").content.decode()
        assert set(map(int, re.findall(r'name="_selected_action" value="(\d+)"', html))) == rows


def test_an_action_says_how_many_it_left_out_and_why_once_for_each_reason() -> None:
    owner = somebody("Importers")
    rows = [ImportFactory(status=status, created_by=owner) for status in ("queued", "complete", "complete")]
    rows += [ImportFactory(status="queued") for _ in range(3)]
    form = {"action": "cancel_selected", "_selected_action": [row.pk for row in rows]}
    answer = browser(owner).post("/admin/imports/import/", form, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "1 cancelled, 5 left alone.",
        "3 left alone: Somebody else's; you decide about your own.",
        "2 left alone: This delivery is complete; it would have to be queued or loading.",
    ]
    assert sorted(Import.objects.values_list("status", flat=True)) == ["cancelled", *["complete"] * 2, *["queued"] * 3]


@pytest.mark.parametrize(("way", "left"), [("erase", ("erased", False)), ("remove", ("complete", True))])
def test_managers_are_asked_before_residents_go(way: str, left: tuple[str, bool]) -> None:
    row = Import.objects.get(pk=load(people(3)))
    refused = browser(somebody("Editors")).post(f"{page(row.pk)}{way}/").status_code
    client = browser(somebody("Managers"))
    assert "3</dd>" in text(client.get(f"{page(row.pk)}{way}/"))
    row.refresh_from_db()
    assert (refused, row.status, row.deleted_at) == (403, "complete", None)
    assert client.post(f"{page(row.pk)}{way}/", follow=True).status_code == 200
    row.refresh_from_db()
    assert (row.status, row.deleted_at is not None) == left


def test_a_delivery_that_failed_says_why_in_the_list_and_counts_nobody(viewer: Client) -> None:
    counts = {"rows": 120, "wrong": 5, "reasons": [], "columns": [], "shown": []}
    ImportFactory(status="failed", wrong_rows=counts)
    ImportFactory(status="failed", errors=[{"pointer": "", "code": "malformed_json", "detail": "Not JSON: bad."}])
    shown = text(viewer.get("/admin/imports/import/"))
    said = ("Failed: 5 of 120 rows wrong", "Failed: Not JSON: bad<", 'field-residents">0')
    assert [words in shown for words in said] == [True, True, False]


@pytest.mark.parametrize(("code", "is_offered"), [("no_space", True), ("gave_up", True), ("malformed_json", False)])
def test_to_try_again_is_offered_where_the_failure_does_not_lie_in_the_file(code: str, is_offered: bool) -> None:
    manager = somebody("Managers")
    row = ImportFactory(status="failed", body_size=1, errors=[{"pointer": "", "code": code, "detail": "No."}])
    shown = text(browser(manager).get(f"{page(row.pk)}change/"))
    assert ('value="retry"' in shown, "JSON and NDJSON are taken" in shown) == (is_offered, not is_offered)
    form = {"action": "retry_selected", "_selected_action": [row.pk]}
    answer = text(browser(manager).post("/admin/imports/import/", form, follow=True))
    assert ("cannot be loaded as it is: correct" in answer) is not is_offered
    row.refresh_from_db()
    assert row.status == ("queued" if is_offered else "failed")


def test_a_page_that_waited_is_asked_for_as_a_whole_once_it_is_through(viewer: Client) -> None:
    under_way, through = ImportFactory(status="loading").pk, ImportFactory(status="complete").pk
    answers = [viewer.get(f"{page(key)}change/", headers={"HX-Request": "true"}) for key in (under_way, through)]
    assert [answer.headers.get("HX-Refresh") for answer in answers] == [None, "true"]


def test_discarding_asks_with_how_many_are_not_loaded() -> None:
    owner = somebody("Importers")
    row = ImportFactory(status="checked", citizen_count=4321, created_by=owner)
    client = browser(owner)
    assert client.post(f"{page(row.pk)}step/", {"step": "discard"}).status_code == 404
    assert "4,321</dd>" in text(client.get(f"{page(row.pk)}discard/"))
    others = [browser(somebody(role)).post(f"{page(row.pk)}discard/").status_code for role in ("Viewers", "Editors")]
    others += [browser(somebody("Importers", "other")).post(f"{page(row.pk)}discard/").status_code]
    row.refresh_from_db()
    assert (others, row.status) == ([403, 403, 404], "checked")
    assert "is discarded." in text(client.post(f"{page(row.pk)}discard/", follow=True))
    row.refresh_from_db()
    assert (row.status, row.decided_by) == ("cancelled", owner)


def test_discarding_several_asks_too() -> None:
    manager = somebody("Managers")
    row = ImportFactory(status="checked", citizen_count=4321)
    form = {"action": "discard_selected", "_selected_action": [row.pk]}
    asked = text(browser(manager).post("/admin/imports/import/", form))
    row.refresh_from_db()
    assert ("Discard 1 delivery of 4,321 residents?" in asked or "of 4321 residents?" in asked, row.status) == (
        True,
        "checked",
    )
    browser(manager).post("/admin/imports/import/", form | {"confirmed": "yes"})
    row.refresh_from_db()
    assert row.status == "cancelled"


def test_the_page_says_what_was_replaced_and_who_decided() -> None:
    manager = somebody("Managers")
    first = load(people(3, town="Kiev"))
    lines = [*people(2, town="Kyiv"), people(4)[3]]
    import_id = received(body_of(lines), holds_losses=True, file_name="padrón.json", actor=manager)
    assert load_received(import_id=import_id) == "checked"
    approve_delivery(import_id=import_id, actor=manager)
    assert load_received(import_id=import_id) == "complete"
    shown = text(browser(manager).get(f"{page(import_id)}change/"))
    facts = re.findall(r"<dt>(\w+)</dt> ?<dd>(?:<a[^>]*>)?([^<]*)", shown)
    assert [fact for fact in facts if fact[0] not in ("Towns", "Channels")] == [
        ("File", "padrón.json"), ("Format", "JSON"), ("Replaced", f"delivery {first}"), ("Residents", "3"),
        ("New", "1"), ("Changed", "2"), ("Gone", "1"),
    ]  # fmt: skip
    assert "Decided by Managers." in shown


def test_an_upload_that_replaces_without_a_look_says_what_it_replaced_all_the_same() -> None:
    load(people(3, town="Kiev"))
    import_id = received(body_of(people(4, town="Kiev")), holds_losses=True)
    assert load_received(import_id=import_id) == "complete"
    counts = Import.objects.get(pk=import_id).compared
    assert counts is not None
    assert (counts["new"], counts["gone"]) == (1, 0)
