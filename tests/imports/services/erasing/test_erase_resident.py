"""One person's data: found nowhere after the erasure; everybody else is as before."""

import io
import json
from threading import Event
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from analytics.models import ImportDemand
from analytics.services.counting.refresh_import import refresh_import
from config.common.idempotency.models import IdempotencyKey
from config.common.privacy.models import ReadAudit
from config.common.privacy.readers import Reader
from config.common.problems import Forbidden, NotFound
from imports.fields import Patch
from imports.models import Citizen, Correction, Import, RawChunk
from imports.querysets import ImportQuerySet
from imports.services.erasing import erase_resident as service
from imports.services.erasing.erase_resident import ResidentErasure, erase_resident, plan_resident_erasure
from imports.services.loading.load_received import load_received
from imports.services.loading.review_delivery import Review, storable_differences
from imports.services.residents.correct_resident import correct_resident
from tests.factories import people
from tests.imports.crowd import in_threads
from tests.imports.planted import BORN, ME, NAME, STREET, family, found_in_database
from tests.imports.world import body_of, load, received, stored

pytestmark = pytest.mark.django_db(transaction=True)

READER = Reader(account_id=None, username="tests", via="tests")


@pytest.fixture
def planted(manager: Any) -> int:
    """I left traces everywhere: row, lists of others, corrections, raw body, review, stored answer."""
    headers: Any = {"HTTP_PREFER": "respond-async", "HTTP_IDEMPOTENCY_KEY": "one"}
    answer = manager.post("/imports?source=s", body_of(family()), content_type="application/json", **headers)
    import_id = int(answer.json()["data"]["import_id"])
    assert load_received(import_id=import_id) == "complete"
    for citizen_id, patch in (
        (ME, Patch(name="Other", birth_date="01.01.1970")),
        (ME, Patch(name=NAME, birth_date=BORN)),
        (3, Patch(friends=[ME, 2], town="Minsk")),
        (3, Patch(friends=[2])),
    ):
        correct_resident(import_id=import_id, citizen_id=citizen_id, patch=patch, actor=None)
    later = received(body_of(people(3)), source="s", review=True)
    assert load_received(import_id=later) == "checked"
    assert {table for table, _, _ in found_in_database()} == {
        "imports_citizen", "imports_correction", "imports_rawchunk", "imports_import",
    }  # fmt: skip
    return import_id


def erase(import_id: int, citizen_id: int = ME) -> ResidentErasure:
    return erase_resident(import_id=import_id, citizen_id=citizen_id, actor=None, reader=READER)


def test_nothing_of_the_person_is_left_in_any_column_of_any_table(planted: int) -> None:
    expected = ResidentErasure(1, 2, 2, 2, 1, 1, 1)
    assert plan_resident_erasure(import_id=planted, citizen_id=ME, actor=None) == expected
    assert found_in_database() != []
    assert erase(planted) == expected
    assert found_in_database() == []
    # The number stays in the trail alone.
    assert {table for table, _, _ in found_in_database((str(ME),))} == {"privacy_readaudit"}
    assert RawChunk.objects.filter(delivery_id=planted).count() == 0
    assert IdempotencyKey.objects.get().request_hash == ""


def test_everybody_else_is_as_before(planted: int) -> None:
    before = stored(planted)
    revision = Import.objects.get(pk=planted).revision
    erase(planted)
    after = stored(planted)
    del before[ME]
    for row in before.values():
        for kind in ("relatives", "friends"):
            row[kind] = [other for other in row[kind] if other != ME]
    assert after == before
    found = Import.objects.get(pk=planted)
    assert (found.status, found.citizen_count, found.processed, found.revision) == ("complete", 3, 3, revision + 1)
    assert [row.changes for row in Correction.objects.order_by("id")] == [
        {"town": {"from": people(4)[3]["town"], "to": "Minsk"}, "friends": {"from": [], "to": [2]}},
        {"friends": {"from": [2], "to": [2]}},
    ]


def test_the_demand_is_counted_without_the_person(planted: int) -> None:
    refresh_import(import_id=planted)
    erase(planted)
    refresh_import(import_id=planted)
    row = ImportDemand.objects.get(pk=planted)
    relations = sum(len(one["relatives"]) + len(one["friends"]) for one in stored(planted).values())
    assert (row.residents, row.courses) == (3, relations)


def test_a_kill_leaves_all_of_it_and_it_can_be_repeated(planted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = found_in_database(), stored(planted)

    def killed(**values: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(service, "record_read", killed)
        with pytest.raises(KeyboardInterrupt):
            erase(planted)
    assert (found_in_database(), stored(planted)) == before
    erase(planted)
    assert found_in_database() == []
    with pytest.raises(NotFound):
        erase(planted)
    assert Import.objects.get(pk=planted).citizen_count == 3


def correct_during_an_erasure(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is found when a correction names me while I am erased."""
    import_id, removing, corrected = load(family()), Event(), Event()
    remove = service._remove

    def slowly(found: Import, citizen: Citizen) -> None:
        removing.set()
        corrected.wait(0.7)
        remove(found, citizen)

    def correct() -> None:
        removing.wait(10)
        try:
            patch = Patch(friends=[ME])
            correct_resident(import_id=import_id, citizen_id=3, patch=patch, actor=None)
        except Exception as error:  # noqa: BLE001 - told below
            refused.append(type(error).__name__)
        finally:
            corrected.set()
            connection.close()

    def go() -> None:
        erase(import_id)
        connection.close()

    refused: list[str] = []
    monkeypatch.setattr(service, "_remove", slowly)
    in_threads([(go,), (correct,)])
    named = [number for number, row in stored(import_id).items() if ME in row["friends"] + row["relatives"]]
    return [refused, named]


def test_a_correction_meanwhile_waits_and_finds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert correct_during_an_erasure(monkeypatch) == [["InvalidInput"], []]


def test_without_the_lock_somebody_would_name_the_person_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImportQuerySet, "select_for_update", lambda rows: rows)
    assert correct_during_an_erasure(monkeypatch) == [[], [3]]


def test_a_review_that_read_the_person_before_keeps_no_sample_of_them() -> None:
    import_id = load(family())
    samples = [{"citizen_id": number, "difference": "gone", "changes": {"name": NAME}} for number in (ME, 1)]
    review = Review({"compared_with": import_id}, samples)
    erase(import_id)
    assert storable_differences(review) == samples[1:]


def test_managers_and_nobody_else(planted: int) -> None:
    for role in ("Viewers", "Editors", "Importers", "Managers"):
        user = User.objects.create_user(role)
        user.groups.add(Group.objects.get(name=role))
        if role != "Managers":
            with pytest.raises(Forbidden):
                erase_resident(import_id=planted, citizen_id=ME, actor=user, reader=READER)
    erase_resident(import_id=planted, citizen_id=ME, actor=user, reader=READER)
    assert ReadAudit.objects.filter(what="erased", citizen_id=ME).count() == 1


def test_the_export_has_everything(planted: int, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("resident_export", "--name", NAME, "--born", BORN)
    told = capsys.readouterr()
    (document,) = json.loads(told.out)["deliveries"]
    assert (document["resident"]["name"], document["resident"]["birth_date"]) == (NAME, "1968-02-29")
    assert {(one["citizen_id"], one["as"]) for one in document["named_by"]} == {
        (1, "relative"), (ME, "relative"), (2, "friend"),
    }  # fmt: skip
    assert [list(one["changes"]) for one in document["corrections"]] == [["name", "birth_date"]] * 2
    assert document["named_in_corrections_of"] == [3, 3]
    assert document["review_samples"][0]["changes"]["name"]["from"] == NAME
    assert document["reads"][-1]["what"] == "exported"
    assert (document["import"]["raw_body"][:4], document["import"]["answers_for_an_idempotency_key"]) == ("kept", 1)
    assert f"{planted}/{ME}: {NAME}" in told.err
    assert "Not looked into: the kept raw bodies" in told.err


def test_the_command_says_what_would_go_asks_and_erases(
    planted: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "no")
    one = f"{planted}/{ME}"
    call_command("resident_erase", one, "--dry-run")
    call_command("resident_erase", one)
    assert "Nothing was erased." in capsys.readouterr().out
    monkeypatch.undo()
    closed = io.StringIO()
    closed.close()
    for stdin in (io.StringIO(""), closed, None):
        monkeypatch.setattr("sys.stdin", stdin)
        with pytest.raises(CommandError, match="Say --yes"):
            call_command("resident_erase", one)
    assert Citizen.objects.of(planted).count() == 4
    call_command("resident_erase", one, "--yes")
    assert f"{one}: 1 citizens, 2 others lists" in capsys.readouterr().out
    assert found_in_database() == []
    for wrong in ((one,), ("7",), (), ("--name", NAME), ("--name", NAME, "--born", "31.02.2000")):
        with pytest.raises(CommandError):
            call_command("resident_erase", *wrong)


def test_a_manager_exports_and_erases_in_the_admin(planted: int, client: Client) -> None:
    client.force_login(User.objects.get(username="managers"))
    key = Citizen.objects.get(delivery_id=planted, citizen_id=ME).pk
    form: dict[str, Any] = {"action": "export_everything", "_selected_action": key}
    page = f"/admin/imports/citizen/?delivery__id__exact={planted}"
    assert client.post(page, form).json()["deliveries"][0]["resident"]["street"] == STREET
    form["action"] = "erase_everything"
    assert "1 resident" in client.post(page, form).content.decode()
    assert Citizen.objects.of(planted).count() == 4
    assert client.post(page, form | {"confirmed": "yes"}).status_code == 302
    assert found_in_database() == []
