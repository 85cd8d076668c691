"""The reserve of disk: every way in of a delivery asks for room, and nothing else does."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from airports.models import Airport, KeptUpload, QueuedCreate
from airports.services.keep_upload import keep_upload
from airports.services.upload_airports import upload_airports
from config.common.db import disk
from config.common.db.errors import as_problem
from config.common.problems import NoSpace, Unavailable
from imports.models import Import, RawChunk
from imports.services.loading.load_document import RESIDENTS, load_document
from imports.services.loading.load_received import load_received
from imports.services.loading.load_stream import load_stream
from imports.services.loading.receive_delivery import receive_delivery, reload_delivery
from tests.airports.builders import make_airport
from tests.common.helpers import problem
from tests.factories import people

pytestmark = pytest.mark.django_db

MIB = 1024 * 1024
MORE_THAN_THERE_IS = 10**18
ONE = people(1)[0]
LINE = json.dumps(ONE).encode() + b"\n"
DOCUMENT = json.dumps({"citizens": [ONE]}).encode()
CSV = b"Valencia Airport,Valencia,Spain,VLC,LEVC,39.4893,-0.481625,240,1,E,Europe/Madrid,airport,OurAirports\n"
LINES = "application/x-ndjson"
JSON = "application/json"
ASYNC: dict[str, Any] = {"HTTP_PREFER": "respond-async"}
NAME = {"name": "A", "latitude": 1, "longitude": 2}


@pytest.fixture
def short(settings: Any, tmp_path: Path) -> Callable[[], None]:
    """Has the reserve take all that is free, from the moment of its call."""

    def make() -> None:
        settings.DATABASE_DISK, settings.DISK_RESERVE = tmp_path, MORE_THAN_THERE_IS

    return make


@pytest.fixture
def exactly(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Has so many bytes be free beyond the reserve."""
    return lambda room: monkeypatch.setattr(disk, "_disk", lambda: (room + MIB, MIB))


def stored() -> int:
    return sum(model._default_manager.count() for model in (Import, RawChunk, Airport, KeptUpload, QueuedCreate))


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/imports", {"data": DOCUMENT, "content_type": JSON}),
        ("/imports", {"data": LINE, "content_type": LINES}),
        ("/imports", {"data": DOCUMENT, "content_type": JSON, **ASYNC}),
        ("/imports", {"data": LINE, "content_type": LINES, **ASYNC}),
        ("/upload", {"data": CSV, "content_type": "text/csv"}),
    ],
)
def test_every_delivery_over_http_is_507(
    manager: APIClient, short: Callable[[], None], path: str, sent: dict[str, Any]
) -> None:
    short()
    answer = manager.post(path, **sent)
    assert (problem(answer)["status"], stored()) == (507, 0)
    assert "are kept free. Nothing was stored." in answer.json()["detail"]


def test_a_queued_create_is_507_and_one_that_is_written_at_once_is_not(
    manager: APIClient, short: Callable[[], None]
) -> None:
    short()
    assert manager.put("/create", NAME, **ASYNC).status_code == 507
    assert manager.put("/create", NAME).status_code == 201


def test_reads_and_corrections_go_on(manager: APIClient, short: Callable[[], None]) -> None:
    loaded = load_document(body=DOCUMENT, actor=None)
    airport = make_airport("A")
    short()
    url = f"/imports/{loaded.pk}/citizens/{ONE['citizen_id']}"
    assert manager.patch(url, {"town": "Another"}).status_code == 200
    assert manager.get(url).json()["data"]["town"] == "Another"
    assert manager.patch("/update", {"id": airport.pk, "city": "B"}).status_code == 200


def test_every_service_that_takes_a_delivery_asks(short: Callable[[], None], superuser: User) -> None:
    kept = receive_delivery(chunks=[LINE], media_type=LINES, actor=superuser)
    before = stored()
    short()
    for call in (
        lambda: load_document(body=DOCUMENT, actor=None),
        lambda: load_stream(chunks=[LINE], actor=None),
        lambda: receive_delivery(chunks=[DOCUMENT], actor=None),
        lambda: reload_delivery(import_id=kept.pk, actor=None),
        lambda: upload_airports(stream=io.BytesIO(CSV), actor=None),
        lambda: keep_upload(stream=io.BytesIO(CSV), name="a.csv", on_error="fail", actor=superuser),
    ):
        with pytest.raises(NoSpace):
            call()
    assert stored() == before


def test_the_commands_say_it(short: Callable[[], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    short()
    lines, airports = tmp_path / "a.ndjson", tmp_path / "a.csv"
    lines.write_bytes(LINE)
    airports.write_bytes(CSV)
    with pytest.raises(CommandError, match="1 of 1 file refused"):
        call_command("import_citizens", str(lines))
    assert "refused. The database's disk has no room" in capsys.readouterr().out
    for command in (["load_airports", str(airports)], ["load_demo"]):
        with pytest.raises(CommandError, match="The database's disk has no room"):
            call_command(*command)
    # The user of the demo would keep it from being loaded later.
    assert (stored(), User.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("path", "name", "content"),
    [
        ("admin:imports_import_upload_file", "a.ndjson", LINE),
        ("admin:airports_airport_upload_file", "a.csv", CSV),
    ],
)
@pytest.mark.parametrize("button", ["preview", "save"])
def test_the_admin_shows_it_at_the_file(
    superuser: User, short: Callable[[], None], path: str, name: str, content: bytes, button: str
) -> None:
    short()
    client = Client()
    client.force_login(superuser)
    form = {"file": SimpleUploadedFile(name, content), "new_source": "a", "on_error": "fail", button: "1"}
    answer = client.post(reverse(path), form, follow=True)
    assert (answer.status_code, stored()) == (200, 0)
    assert "has no room for this" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_was_accepted_fails_with_its_reason_and_can_be_retried(
    short: Callable[[], None], settings: Any
) -> None:
    kept = receive_delivery(chunks=[LINE], media_type=LINES, actor=None)
    before = settings.DISK_RESERVE
    short()
    assert load_received(import_id=kept.pk) == "failed"
    kept.refresh_from_db()
    assert [(error["pointer"], error["code"]) for error in kept.errors] == [("", "no_space")]
    settings.DISK_RESERVE = before
    Import.objects.filter(pk=kept.pk).update(status=Import.Status.QUEUED)
    assert load_received(import_id=kept.pk) == "complete"


def test_a_stream_stops_within_a_mebibyte_of_the_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []

    def chunks() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield b" " * (MIB // 4)

    # As if what is read were written at once: ten mebibytes are free.
    monkeypatch.setattr(disk, "_disk", lambda: (10 * MIB - len(taken) * MIB // 4, 0))
    with pytest.raises(NoSpace):
        for _ in disk.within_room(chunks()):
            pass
    assert 40 < len(taken) <= 44


@given(sizes=st.lists(st.integers(0, 3 * MIB), max_size=20))
def test_where_there_is_room_every_chunk_passes_unchanged(sizes: list[int]) -> None:
    chunks = [bytes(size) for size in sizes]
    assert list(disk.within_room(iter(chunks))) == chunks


@given(sent=st.integers(0, 10**13), more=st.integers(0, 10**12), kept=st.booleans())
def test_a_longer_body_never_needs_less(sent: int, more: int, kept: bool) -> None:
    needed: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "expect_room", needed.append)
        RESIDENTS.expect_room(sent, kept=kept)
        RESIDENTS.expect_room(sent + more, kept=kept)
        RESIDENTS.expect_room(sent + more, "gzip", kept=kept)
    assert sent <= needed[0] <= needed[1] <= needed[2]


def test_what_is_announced_decides_before_a_byte_is_read(manager: APIClient, exactly: Callable[[int], None]) -> None:
    exactly(3 * len(DOCUMENT))
    assert manager.post("/imports", DOCUMENT, content_type=JSON).status_code == 201
    # Read, this would be found to be no JSON.
    assert manager.post("/imports", b"x" * 2 * len(DOCUMENT), content_type=JSON).status_code == 507
    # What is too large anyway is not told to come again.
    assert manager.post("/imports", b"x", content_type=JSON, CONTENT_LENGTH=str(10**12)).status_code == 413


@pytest.mark.parametrize("folder", [None, Path("/nowhere/at/all")])
def test_where_nobody_can_know_nothing_is_refused(manager: APIClient, settings: Any, folder: Path | None) -> None:
    settings.DATABASE_DISK, settings.DISK_RESERVE = folder, MORE_THAN_THERE_IS
    assert manager.post("/imports", DOCUMENT, content_type=JSON).status_code == 201


@pytest.mark.parametrize(("size", "reserve"), [(2000, 1024), (10, 0.5)], ids=["2,000 GiB", "10 GiB"])
def test_by_default_the_reserve_is_a_gibibyte_or_a_twentieth_of_a_small_disk(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path, size: int, reserve: float
) -> None:
    class Disk:
        f_frsize, f_blocks, f_bavail = 1024 * MIB, size, 1

    settings.DATABASE_DISK, settings.DISK_RESERVE = tmp_path, None
    monkeypatch.setattr("os.statvfs", lambda _: Disk)
    assert disk._disk() == (1024 * MIB, reserve * 1024 * MIB if reserve < 1 else reserve * MIB)


def test_a_write_that_lost_its_connection_on_a_full_disk_is_told_why(exactly: Callable[[int], None]) -> None:
    lost = OperationalError("server closed the connection unexpectedly")
    exactly(0)
    assert isinstance(as_problem(lost), NoSpace)
    assert isinstance(as_problem(lost, writes=False), Unavailable)
    exactly(10**9)
    assert isinstance(as_problem(lost), Unavailable)
