"""Another's objects: an importer reaches none of them, by no URL, and nobody sets what is not theirs to set."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from airports.models import Airport
from analytics.services.refresh_demand import refresh_demand
from imports.models import Import
from tests.airports.builders import make_airport
from tests.factories import people
from tests.imports.world import load

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], APIClient]
READS = ["citizens", "citizens/1", "citizens/birthdays", "towns/stat/percentile/age"]
STEPS = ["cancel", "retry", "approve", "discard"]
FORBIDDEN: dict[str, Any] = {
    "id": 999, "version": 77, "is_deleted": True, "deleted_at": "2020-01-01T00:00:00Z",
    "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z",
}  # fmt: skip
NOT_A_CITIZENS = ("id", "delivery", "delivery_id", "import_id", "revision", "created_by", "status", "pk", "__class__")


@pytest.fixture
def anothers() -> int:
    """An import of somebody else's."""
    return load(people(5), actor=User.objects.create_user("another"))


def test_an_importer_reaches_no_resident_of_anothers_import(client_of: ClientOf, anothers: int) -> None:
    client = client_of("Importers")
    reads = [client.get(f"/imports/{anothers}/{path}").status_code for path in READS]
    steps = [client.post(f"/imports/{anothers}/{step}").status_code for step in STEPS]
    assert (reads, steps) == ([404] * len(READS), [404] * len(STEPS))
    assert client.delete(f"/imports/{anothers}").status_code == 403


def test_analytics_of_anothers_import_hold_no_small_group(client_of: ClientOf, anothers: int) -> None:
    refresh_demand()
    rows = client_of("Importers").get(f"/analytics/demand?import_id={anothers}&group_by=town,age_group").json()["data"]
    assert [row for row in rows if row["residents"] < 5] == []


def test_the_admin_shows_an_importer_no_resident(client_of: ClientOf, anothers: int) -> None:
    client_of("Importers")
    browser = Client()
    browser.force_login(User.objects.get(username="importers"))
    assert browser.get("/admin/imports/citizen/").status_code == 403
    assert people(1)[0]["name"] not in browser.get(f"/admin/imports/import/{anothers}/change/").content.decode()


@pytest.mark.parametrize("name", FORBIDDEN)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "PUT /create", "PATCH /update"])
def test_a_body_does_not_set_what_is_read_only(manager: APIClient, method: str, name: str) -> None:
    airport = make_airport("Old")
    verb, _, path = method.partition(" ")
    body = {"name": "New", "latitude": 1, "longitude": 1, "id": airport.pk} | {name: FORBIDDEN[name]}
    if path == "/update":
        body["id"] = airport.pk
    answer = getattr(manager, verb.lower())(path or url_of(verb, airport), body)
    assert answer.status_code in {200, 201}, answer.content
    row = Airport.objects.get(name="New")
    assert (row.version in {1, 2}, row.is_deleted, row.deleted_at, row.pk == 999) == (True, False, None, False)
    assert min(row.created_at.year, row.updated_at.year) >= 2026


def url_of(verb: str, airport: Airport) -> str:
    return "/airports" if verb == "POST" else f"/airports/{airport.pk}"


@pytest.mark.parametrize("name", ["created_by", "pk", "revision", "status", "history", "objects", "__class__"])
def test_a_body_with_any_other_field_is_refused(manager: APIClient, name: str) -> None:
    body = {"name": "New", "latitude": 1, "longitude": 1, name: 1}
    answers = [manager.post("/airports", body), manager.put("/create", body)]
    assert [one.json()["errors"][0]["pointer"] for one in answers] == [f"/{name}"] * 2
    assert Airport.objects.count() == 0


@pytest.mark.parametrize("name", NOT_A_CITIZENS)
def test_a_delivery_and_a_correction_have_no_other_fields(manager: APIClient, anothers: int, name: str) -> None:
    before = list(Import.objects.values())
    in_a_citizen = manager.post("/imports", {"citizens": [people(1)[0] | {name: 1}]})
    beside = manager.post("/imports", {"citizens": [], name: 1})
    patched = manager.patch(f"/imports/{anothers}/citizens/1", {"town": "X", name: 1})
    assert [one.status_code for one in (in_a_citizen, beside, patched)] == [400] * 3
    assert list(Import.objects.values()) == before


def test_a_form_of_the_admin_does_not_set_what_it_does_not_show(superuser: User) -> None:
    airport = make_airport("Old")
    client = Client()
    client.force_login(superuser)
    form = {"name": "New", "latitude": "1", "longitude": "1", **FORBIDDEN, "_save": "Save"}
    client.post(f"/admin/airports/airport/{airport.pk}/change/", form)
    row = Airport.objects.get(pk=airport.pk)
    assert (row.name, row.version, row.is_deleted, row.deleted_at, Airport.objects.count()) == (
        "New",
        2,
        False,
        None,
        1,
    )
    assert row.created_at == airport.created_at
