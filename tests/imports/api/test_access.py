"""Who may read which import, and what keeps a reader from one: not complete, erased, deleted, another's."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.test import APIClient

from imports.models import Import
from tests.factories import people
from tests.imports.world import load, problem, stored

pytestmark = pytest.mark.django_db

READS = (
    "/citizens",
    "/citizens/1",
    "/citizens/birthdays",
    "/citizens/birthdays?group_by=month",
    "/towns/stat/percentile/age",
)
STATES = [status for status in Import.Status if status not in {Import.Status.COMPLETE, Import.Status.ERASED}]
ClientOf = Callable[[str], APIClient]


@pytest.fixture
def delivered() -> int:
    """An import of two residents, made by nobody who is left."""
    return load(people(2))


def statuses(client: APIClient, import_id: int) -> list[int]:
    return [client.get(f"/imports/{import_id}{url}").status_code for url in READS]


def correct(client: APIClient, import_id: int) -> int:
    return client.patch(f"/imports/{import_id}/citizens/1", {"name": "New"}).status_code


@pytest.mark.parametrize("role", ["Editors", "Managers"])
def test_editors_and_managers_read_and_correct_every_import(client_of: ClientOf, delivered: int, role: str) -> None:
    client = client_of(role)
    assert statuses(client, delivered) == [200] * len(READS)
    assert correct(client, delivered) == 200


def test_viewers_see_where_an_import_stands_and_no_resident(client_of: ClientOf, delivered: int) -> None:
    client = client_of("Viewers")
    assert client.get(f"/imports/{delivered}").status_code == 200
    assert client.get("/imports").status_code == 200
    assert statuses(client, delivered) == [403] * len(READS)
    assert correct(client, delivered) == 403


def test_importers_see_the_residents_of_their_own_imports_alone(client_of: ClientOf, delivered: int) -> None:
    client = client_of("Importers")
    own = load(people(2), actor=User.objects.get(username="importers"))
    anothers = load(people(2), actor=User.objects.create_user("another"))
    assert statuses(client, own) == [200] * len(READS)
    assert statuses(client, anothers) == [404] * len(READS)
    assert statuses(client, delivered) == [404] * len(READS)
    assert client.get(f"/imports/{anothers}").status_code == 200
    assert [correct(client, which) for which in (own, anothers)] == [403, 403]


def test_importers_post_and_read_what_they_posted(client_of: ClientOf) -> None:
    client = client_of("Importers")
    answer = client.post("/imports", {"citizens": people(1)})
    assert answer.status_code == 201
    assert client.get(f"{answer['Location']}/citizens/1").json() == {"data": people(1)[0]}


@pytest.mark.parametrize("role", ["Viewers", "Editors"])
def test_viewers_and_editors_post_nothing(client_of: ClientOf, role: str) -> None:
    assert client_of(role).post("/imports", {"citizens": []}).status_code == 403
    assert Import.objects.count() == 0


@pytest.mark.parametrize("role", ["Viewers", "Editors", "Importers"])
def test_only_managers_delete(client_of: ClientOf, delivered: int, role: str) -> None:
    assert client_of(role).delete(f"/imports/{delivered}").status_code == 403
    assert Import.objects.live().filter(pk=delivered).exists()


@pytest.mark.parametrize("status", STATES)
def test_contents_that_are_not_complete_are_409_with_a_time_to_wait(
    manager: APIClient, delivered: int, status: str
) -> None:
    Import.objects.update(status=status)
    before = stored(delivered)
    assert manager.get(f"/imports/{delivered}").json()["data"]["status"] == status
    for url in READS:
        answer = manager.get(f"/imports/{delivered}{url}")
        assert (answer.status_code, answer["Retry-After"]) == (409, "5")
    assert correct(manager, delivered) == 409
    assert stored(delivered) == before


def test_erased_contents_are_410(manager: APIClient, delivered: int) -> None:
    Import.objects.update(status=Import.Status.ERASED)
    before = stored(delivered)
    assert manager.get(f"/imports/{delivered}").json()["data"]["status"] == "erased"
    assert statuses(manager, delivered) == [410] * len(READS)
    assert correct(manager, delivered) == 410
    assert stored(delivered) == before


def test_of_a_deleted_import_every_url_is_404(manager: APIClient, delivered: int) -> None:
    Import.objects.update(deleted_at=timezone.now())
    assert statuses(manager, delivered) == [404] * len(READS)
    assert manager.get(f"/imports/{delivered}").status_code == 404
    assert manager.options(f"/imports/{delivered}").status_code == 404
    assert manager.delete(f"/imports/{delivered}").status_code == 404
    assert correct(manager, delivered) == 404
    assert manager.get("/imports").json()["data"] == []


@pytest.mark.parametrize("citizen_id", ["3", "0", "x", "1.0", "-1", "9" * 19, "9" * 50, "%00"])
def test_a_resident_who_does_not_exist_is_404(manager: APIClient, delivered: int, citizen_id: str) -> None:
    assert manager.get(f"/imports/{delivered}/citizens/{citizen_id}").status_code == 404
    answer = manager.patch(f"/imports/{delivered}/citizens/{citizen_id}", {"nonsense": 1})
    assert problem(answer) == (404, [])


@pytest.mark.parametrize("url", READS)
def test_a_query_parameter_that_does_not_exist_is_refused(manager: APIClient, delivered: int, url: str) -> None:
    separator = "&" if "?" in url else "?"
    answer = manager.get(f"/imports/{delivered}{url}{separator}town=Kyiv")
    assert problem(answer) == (400, [("?town", "unknown_parameter")])
