"""DELETE /imports/{id}."""

import pytest
from rest_framework.test import APIClient

from imports.models import Citizen, Import
from tests.factories import people
from tests.imports.world import counts, load, problem, purge, stored

pytestmark = pytest.mark.django_db


def test_a_deleted_import_is_gone_with_its_rows_and_the_others_stay(manager: APIClient) -> None:
    gone, stays = load(people(3)), load(people(4))
    before = stored(stays)
    answer = manager.delete(f"/imports/{gone}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert manager.get(f"/imports/{gone}").status_code == 404
    purge()
    assert counts() == (1, 4)
    assert stored(stays) == before
    assert manager.delete(f"/imports/{gone}").status_code == 404


def test_the_answer_does_not_wait_for_the_rows(manager: APIClient) -> None:
    import_id = load(people(3))
    assert manager.delete(f"/imports/{import_id}").status_code == 204
    assert Citizen.objects.of(import_id).count() == 3
    assert manager.get(f"/imports/{import_id}/citizens").status_code == 404


def test_an_unknown_parameter_deletes_nothing(manager: APIClient) -> None:
    import_id = load(people(1))
    assert problem(manager.delete(f"/imports/{import_id}?force=1")) == (400, [("?force", "unknown_parameter")])
    assert Import.objects.live().count() == 1


@pytest.mark.parametrize("status", ["queued", "loading", "checked", "failed", "cancelled", "erased"])
def test_an_import_in_any_state_can_be_deleted(manager: APIClient, status: str) -> None:
    import_id = load(people(2))
    Import.objects.update(status=status)
    assert manager.delete(f"/imports/{import_id}").status_code == 204
    purge()
    assert counts() == (0, 0)
