"""DELETE /imports/{id}."""

import pytest
from django.db import OperationalError
from rest_framework.test import APIClient

from imports.api import imports as views
from imports.models import Citizen, Import
from tests.factories import people
from tests.imports.world import counts, load, problem, stored

pytestmark = pytest.mark.django_db


def test_a_deleted_import_is_gone_with_its_rows_and_the_others_stay(manager: APIClient) -> None:
    gone, stays = load(people(3)), load(people(4))
    before = stored(stays)
    answer = manager.delete(f"/imports/{gone}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert manager.get(f"/imports/{gone}").status_code == 404
    assert counts() == (1, 4)
    assert stored(stays) == before
    assert manager.delete(f"/imports/{gone}").status_code == 404


def test_the_answer_does_not_wait_for_the_rows(manager: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    import_id = load(people(3))
    seen = []
    monkeypatch.setattr(views, "purge_deleted_imports", lambda: seen.append(Citizen.objects.of(import_id).count()))
    assert manager.delete(f"/imports/{import_id}").status_code == 204
    assert seen == [3]
    assert manager.get(f"/imports/{import_id}/citizens").status_code == 404


def test_a_purge_that_fails_is_written_down_and_left_to_the_next(
    manager: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import_id = load(people(3))

    def fail() -> int:
        raise OperationalError("away")

    with monkeypatch.context() as patched:
        patched.setattr(views, "purge_deleted_imports", fail)
        assert manager.delete(f"/imports/{import_id}").status_code == 204
    assert ["purge_failed" in record.getMessage() for record in caplog.records] == [True]
    assert counts() == (1, 3)
    manager.delete(f"/imports/{load(people(1))}")
    assert counts() == (0, 0)


def test_an_unknown_parameter_deletes_nothing(manager: APIClient) -> None:
    import_id = load(people(1))
    assert problem(manager.delete(f"/imports/{import_id}?force=1")) == (400, [("?force", "unknown_parameter")])
    assert Import.objects.live().count() == 1


@pytest.mark.parametrize("status", ["queued", "loading", "checked", "failed", "cancelled", "erased"])
def test_an_import_in_any_state_can_be_deleted(manager: APIClient, status: str) -> None:
    import_id = load(people(2))
    Import.objects.update(status=status)
    assert manager.delete(f"/imports/{import_id}").status_code == 204
    assert counts() == (0, 0)
