"""Another's objects: an importer reaches none of them, by no URL, and nobody sets what is not theirs to set."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from airports.models import Airport
from analytics.services.counting.refresh_demand import refresh_demand
from imports.models import Citizen, Import
from tests.airports.builders import make_airport
from tests.factories import people
from tests.imports.world import body_of, load

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


@pytest.fixture
def importer(client_of: ClientOf) -> Client:
    """A browser in which an importer, who has an import of their own, has signed in."""
    client_of("Importers")
    user = User.objects.get(username="importers")
    load(people(2), actor=user)
    browser = Client()
    browser.force_login(user)
    return browser


LIST = "/admin/imports/citizen/"


def test_the_admin_shows_an_importer_residents_of_their_own_imports_alone(importer: Client, anothers: int) -> None:
    own = Import.objects.exclude(pk=anothers).get().pk
    chosen = [
        importer.get(f"{LIST}?delivery__id__exact={pk}").context["cl"].result_list.count() for pk in (own, anothers)
    ]
    assert (chosen, f"exact={anothers}" in importer.get(LIST).content.decode()) == ([2, 0], False)
    theirs = [row.pk for row in Citizen.objects.filter(delivery_id=anothers)]
    tried = {f"{LIST}?{name}={value}" for name in ("q", "id", "who", "pk__in", "delivery") for value in (anothers, "A")}
    assert [path for path in tried if importer.get(path, follow=True).context["cl"].result_count] == []
    assert {importer.get(f"{LIST}{pk}/{page}/").status_code for pk in theirs for page in ("change", "delete")} <= {
        302,
        403,
    }
    # What the import says of itself is for everybody, but nothing in it is somebody.
    pages = [
        f"/admin/imports/import/{anothers}/change/",
        "/admin/imports/import/",
        "/admin/search/?s=a&extended=1",
        "/admin/",
    ]
    shown = "".join(importer.get(path).content.decode() for path in pages)
    names = {row.name for row in Citizen.objects.filter(delivery_id=anothers)}
    assert [name for name in names if name in shown] == []


@pytest.mark.parametrize("page", ["rejected", "erase", "remove", "rename", "step"])
def test_an_importer_does_nothing_with_anothers_import_in_the_admin(importer: Client, anothers: int, page: str) -> None:
    before = list(Import.objects.order_by("pk").values())
    path = f"/admin/imports/import/{anothers}/{page}/"
    sent = {"step": "cancel", "confirm": "1", "confirmed": "1", "field": "town", "before": "Kyiv", "after": "X"}
    assert {importer.get(path).status_code, importer.post(path, sent).status_code} <= {403, 404}
    assert list(Import.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("action", ["cancel_selected", "retry_selected", "approve_selected", "discard_selected"])
@pytest.mark.parametrize("status", ["queued", "failed", "checked"])
def test_no_action_of_a_list_reaches_anothers_import(importer: Client, anothers: int, action: str, status: str) -> None:
    Import.objects.filter(pk=anothers).update(status=status)
    importer.post("/admin/imports/import/", {"action": action, "_selected_action": [anothers]})
    assert Import.objects.get(pk=anothers).status == status


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


def test_a_form_of_an_airport_does_not_set_what_it_does_not_show(superuser: User) -> None:
    airport = make_airport("Old")
    client = Client()
    client.force_login(superuser)
    path = f"/admin/airports/airport/{airport.pk}/change/"
    form = client.get(path).context["adminform"].form.initial
    sent = {name: value for name, value in form.items() if value is not None} | FORBIDDEN
    client.post(path, sent | {"name": "New", "known_version": airport.version, "_save": "Save"})
    row = Airport.objects.get(pk=airport.pk)
    assert (row.name, row.version, row.is_deleted, row.deleted_at) == ("New", 2, False, None)
    assert (row.created_at, Airport.objects.count()) == (airport.created_at, 1)


def test_a_form_of_a_resident_moves_nobody_elsewhere(superuser: User, anothers: int) -> None:
    row = Citizen.objects.get(delivery_id=anothers, citizen_id=1)
    client = Client()
    client.force_login(superuser)
    path = f"{LIST}{row.pk}/change/"
    shown = client.get(path).context["adminform"].form
    sent = {name: shown.get_initial_for_field(field, name) for name, field in shown.fields.items()}
    other = load(people(1))
    sent |= {"name": "New", "id": 999, "citizen_id": 77, "delivery": other, "delivery_id": other, "_save": "Save"}
    client.post(path, sent)
    found = Citizen.objects.get(pk=row.pk)
    assert (found.name, found.citizen_id, found.delivery_id) == ("New", 1, anothers)


def test_a_form_of_a_delivery_does_not_say_whose_it_is_or_where_it_stands(superuser: User) -> None:
    client = Client()
    client.force_login(superuser)
    other = User.objects.create_user("other")
    file = SimpleUploadedFile("../../x.json", body_of(people(1)))
    sent = {"created_by": other.pk, "status": "complete", "revision": 9, "id": 999, "processed": 5}
    client.post("/admin/imports/import/upload/", {"file": file, "new_source": "s", **sent})
    row = Import.objects.get()
    assert (row.created_by, row.status, row.revision, row.processed, row.pk == 999) == (
        superuser,
        "queued",
        0,
        0,
        False,
    )
