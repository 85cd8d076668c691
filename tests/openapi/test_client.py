"""A client that is generated from the OpenAPI document drives the real server: what it promises can be typed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest

from config.common.http.tables import CSV, XLSX
from tests.factories import people, relate
from tests.openapi.generated import Generated, generate, left_out
from tests.server import Server

pytestmark = pytest.mark.django_db(transaction=True)
LINES = "application/x-ndjson"
ROW = b"Alicante,Alicante,Spain,ALC,LEAL,38.2822,-0.558156,142,1,E,Europe/Madrid,airport,OurAirports\n"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the generator said while it made the client."""
    return generate(tmp_path_factory.mktemp("client"))


@pytest.fixture
def client(said: str, server: Server, token_of: Callable[[str], str]) -> Iterator[Generated]:
    """A manager's client."""
    made = Generated(server, token_of("Managers"))
    with made.client:
        yield made


def test_the_generator_leaves_out_only_bodies_that_it_cannot_send(said: str) -> None:
    assert left_out(said) == [
        ("POST /upload", CSV), ("POST /imports", LINES), ("POST /imports", CSV), ("POST /imports", XLSX),
    ]  # fmt: skip
    assert said.count("WARNING") == len(left_out(said))


def test_it_loads_reads_corrects_and_counts_a_delivery(client: Generated) -> None:
    models = client.models
    sent = relate(people(2, channel="instagram"), "relatives", (1, 2))
    body = models.DeliveryRequest(citizens=[models.CitizenRequest.from_dict(one) for one in sent])
    pk = client.call("imports.import_create", body=body).data.import_id

    assert [one.to_dict() for one in client.call("citizens.citizen_list", pk).data] == sent
    patch = models.PatchedCitizenPatchRequest(town="Valencia", birth_date="05.04.1990")
    corrected = client.call("citizens.citizen_partial_update", pk, 1, body=patch).data
    assert corrected.to_dict() == sent[0] | {"town": "Valencia", "birth_date": "05.04.1990"}

    bought = client.call("citizens.citizen_birthdays", pk).data["instagram"]
    assert [(one.citizen_id, one.courses) for one in bought] == [(1, 1), (2, 1)]
    month = models.CitizenBirthdaysGroupBy.MONTH
    by_month = client.call("citizens.citizen_birthdays", pk, group_by=month).data
    assert (2, 1) in [(one.citizen_id, one.presents) for one in by_month["4"]]
    ages = {one.town: one.p50 for one in client.call("citizens.town_age_list", pk).data}
    today = datetime.now(UTC).date()
    assert ages["Valencia"] == today.year - 1990 - ((today.month, today.day) < (4, 5))


def test_it_makes_reads_changes_lists_uploads_and_deletes_airports(client: Generated) -> None:
    models = client.models
    body = models.AirportBodyRequest(name="Valencia Airport", latitude=39.4893, longitude=-0.481625, iata="VLC")
    made = client.call("airports.airport_create", body=body).data
    changed = client.call(
        "airports.airport_partial_update", made.id, body=models.PatchedAirportChangesRequest(city="Manises")
    ).data
    read = client.call("airports.airport_retrieve", made.id).data
    assert read == changed
    assert (read.city, read.version, read.country) == ("Manises", 2, None)

    file = client.types.File(payload=BytesIO(ROW), file_name="airports.csv", mime_type="text/csv")
    counts = client.call("airports.airport_upload", body=models.UploadBodyRequest(file=file)).data
    assert (counts.created, counts.rejected) == (1, [])
    near = client.call("airports.airport_list", near="39.5,-0.5", ordering="distance")
    assert (near.count, [one.iata for one in near.data]) == (2, ["VLC", "ALC"])
    assert near.data[0].distance < near.data[1].distance

    assert client.call("airports.airport_destroy", made.id) is None
    assert client.call("airports.airport_list").count == 1
    assert client.call("airports.airport_history", made.id).data[0].action == "deleted"


def test_a_refusal_is_an_object_too(client: Generated) -> None:
    problem: Any = client.call("airports.airport_retrieve", 10**6)
    assert (type(problem).__name__, problem.status, problem.errors) == ("Problem", 404, [])
