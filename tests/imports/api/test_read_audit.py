"""Who reads residents over HTTP or in the admin leaves a row, or reads nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from config.common.privacy.models import ReadAudit
from imports.models import Citizen, Import
from tests.common.helpers import problem
from tests.factories import people, relate
from tests.imports.planted import NAME, planted_people
from tests.imports.world import load

pytestmark = pytest.mark.django_db

# Each way to read, and what is written of it: what, form, whether a single citizen.
READS = {
    "citizens": ("residents", "json", False),
    "citizens?format=csv": ("residents", "csv", False),
    "citizens?format=ndjson": ("residents", "ndjson", False),
    "citizens/1": ("resident", "json", True),
    "citizens/birthdays": ("courses", "json", False),
    "citizens/birthdays?group_by=month": ("courses", "json", False),
    "towns/stat/percentile/age": ("ages", "json", False),
    "towns/stat/percentile/age?format=csv": ("ages", "csv", False),
}
PAGES = ("/admin/imports/citizen/", "/admin/imports/citizen/{key}/change/", "/admin/changes/recordedchange/")


@pytest.fixture
def browser(client: Client) -> Client:
    """A manager's."""
    user = User.objects.create_user("marta")
    user.groups.add(Group.objects.get(name="Managers"))
    client.force_login(user)
    return client


@pytest.fixture
def broken_trail(db: None) -> None:
    """The table of reads is away, until the test is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_readaudit RENAME TO common_away")


@pytest.mark.parametrize("path", READS)
def test_each_way_to_read_leaves_one_row(path: str, manager: APIClient) -> None:
    import_id = load(people(2))
    answer = manager.get(f"/imports/{import_id}/{path}", HTTP_X_REQUEST_ID="r-1", REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 200
    row = ReadAudit.objects.get()
    what, form, is_one = READS[path]
    assert (row.what, row.format, row.import_id, row.citizen_id) == (what, form, import_id, 1 if is_one else None)
    assert (row.username, row.request_id, row.address) == ("managers", "r-1", "192.0.2.7")
    assert row.account_id == User.objects.get(username="managers").pk
    assert row.via.startswith("token ")


def test_a_correction_shows_the_resident_and_is_a_read_too(manager: APIClient) -> None:
    import_id = load(people(1))
    assert manager.patch(f"/imports/{import_id}/citizens/1", {"town": "Minsk"}).status_code == 200
    assert list(ReadAudit.objects.values_list("what", "citizen_id")) == [("corrected", 1)]


def test_samples_of_a_review_are_reads_of_those_residents(manager: APIClient) -> None:
    samples: list[dict[str, Any]] = [{"citizen_id": number, "difference": "gone", "changes": {}} for number in (3, 5)]
    found = Import.objects.create(status="checked", review={"compared_with": None}, differences=samples)
    assert manager.get(f"/imports/{found.pk}").status_code == 200
    assert list(ReadAudit.objects.order_by("id").values_list("what", "citizen_id")) == [("samples", 3), ("samples", 5)]


@pytest.mark.parametrize("path", ["citizens/7", "citizens?x=1", "citizens/birthdays?group_by=year"])
def test_what_is_refused_was_not_read(path: str, manager: APIClient) -> None:
    assert manager.get(f"/imports/{load(people(1))}/{path}").status_code in (400, 404)
    assert ReadAudit.objects.count() == 0


@pytest.mark.parametrize("role", ["Viewers", "Importers"])
def test_who_may_not_read_leaves_no_row(role: str, client_of: Callable[[str], APIClient]) -> None:
    assert client_of(role).get(f"/imports/{load(people(1))}/citizens").status_code in (403, 404)
    assert ReadAudit.objects.count() == 0


def test_what_shows_no_resident_leaves_no_row(manager: APIClient) -> None:
    import_id = load(people(1))
    for path in ("/imports", f"/imports/{import_id}", "/analytics/demand", "/airports"):
        assert manager.get(path).status_code == 200
    assert ReadAudit.objects.count() == 0


def test_lists_and_pages_of_the_admin_name_whom_they_showed(browser: Client) -> None:
    import_id = load(people(3))
    asked = f"/admin/imports/citizen/?delivery__id__exact={import_id}"
    page: Any = browser.get(f"{asked}&who=2")
    assert page.status_code == 200
    assert list(ReadAudit.objects.values_list("what", "import_id", "citizen_id", "via", "username")) == [
        ("listed", import_id, 2, "session", "marta")
    ]
    browser.get(asked)
    assert ReadAudit.objects.filter(what="listed").count() == 4
    browser.get(f"/admin/imports/citizen/suggest/{import_id}/?term=1")
    assert ReadAudit.objects.filter(what="listed", format="json").count() == 1
    key = page.context_data["cl"].result_list[0].pk
    browser.get(f"/admin/imports/citizen/{key}/change/")
    assert list(ReadAudit.objects.filter(what="page").values_list("citizen_id", flat=True)) == [2]


def test_whoever_is_named_on_the_page_of_another_is_named_in_the_trail(browser: Client) -> None:
    import_id = load(relate(people(3), "relatives", (1, 2)))
    key = Citizen.objects.get(delivery_id=import_id, citizen_id=1).pk
    browser.get(f"/admin/imports/citizen/{key}/change/")
    rows = ReadAudit.objects.order_by("id").values_list("what", "citizen_id")
    assert list(rows) == [("page", 1), ("listed", 2)]


def test_the_preview_of_a_renaming_names_whom_it_shows(browser: Client) -> None:
    import_id = load(people(2, town="Kyiv"))
    asked = {"field": "town", "before": "Kyiv", "after": "Kiev", "preview": "1"}
    browser.post(f"/admin/imports/import/{import_id}/rename/", asked)
    assert list(ReadAudit.objects.order_by("citizen_id").values_list("what", "citizen_id")) == [
        ("listed", 1),
        ("listed", 2),
    ]


@pytest.mark.parametrize("path", READS)
def test_a_read_that_cannot_be_written_down_is_refused(path: str, manager: APIClient, broken_trail: None) -> None:
    import_id = load(planted_people())
    answer = manager.get(f"/imports/{import_id}/{path}")
    assert (problem(answer)["status"], answer.headers["Retry-After"]) == (503, "5")
    assert NAME.encode() not in answer.content


def test_so_is_a_page(browser: Client, broken_trail: None) -> None:
    asked = {"delivery__id__exact": load(planted_people())}
    answer = browser.get("/admin/imports/citizen/", asked)
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert NAME.encode() not in answer.content
