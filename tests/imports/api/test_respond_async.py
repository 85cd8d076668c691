"""POST /imports with Prefer: respond-async, and the steps of a delivery on its way."""

import gzip
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from imports.models import Import, RawChunk
from tests.factories import people
from tests.imports.world import body_of, counts, lines_of, problem, received
from tests.server import Server

pytestmark = pytest.mark.django_db

MEBIBYTE = 1024 * 1024
STEPS = ("cancel", "retry", "approve", "discard")


def post(client: APIClient, body: bytes, query: str = "", **headers: str) -> Any:
    headers = {"HTTP_PREFER": "respond-async", **headers}
    return client.post(f"/imports{query}", body, content_type="application/json", **headers)  # type: ignore[arg-type]


def test_a_delivery_is_accepted_as_it_is_and_its_status_answered(manager: APIClient) -> None:
    answer = post(manager, b"anything", "?source=Mairie")
    row = Import.objects.get()
    assert (answer.status_code, answer["Location"]) == (202, f"/imports/{row.pk}")
    assert answer["Preference-Applied"] == "respond-async"
    assert answer.json() == manager.get(answer["Location"]).json()
    data = answer.json()["data"]
    assert data.pop("created_at").endswith("Z")
    assert data == {
        "import_id": row.pk,
        "source": "Mairie",
        "status": "queued",
        "citizens": 0,
        "processed": 0,
        "errors": [],
        "more_errors": 0,
        "created_by": "managers",
        "completed_at": None,
        "review": None,
    }
    assert [bytes(chunk.content) for chunk in RawChunk.objects.all()] == [b"anything"]


def test_a_large_body_is_kept_by_the_mebibyte(manager: APIClient) -> None:
    assert post(manager, b"x" * (2 * MEBIBYTE + 5)).status_code == 202
    assert [len(chunk.content) for chunk in RawChunk.objects.all()] == [MEBIBYTE, MEBIBYTE, 5]


def test_one_citizen_a_line_is_answered_at_once_too(manager: APIClient, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 1
    body = lines_of(people(2))
    headers: dict[str, Any] = {"HTTP_PREFER": "respond-async"}
    answer = manager.post("/imports?review=true", body, content_type="application/x-ndjson; charset=utf-8", **headers)
    row = Import.objects.get()
    assert (answer.status_code, answer["Location"]) == (202, f"/imports/{row.pk}")
    assert answer["Preference-Applied"] == "respond-async"
    assert (row.media_type, row.stops_when_checked, row.body_size) == ("application/x-ndjson", True, len(body))
    assert answer.json()["data"]["status"] == "queued"


def test_lines_that_are_kept_have_a_limit_as_they_are_sent(manager: APIClient, settings: Any) -> None:
    settings.STREAM_MAX_BYTES = 10
    headers: dict[str, Any] = {"HTTP_PREFER": "respond-async", "content_type": "application/x-ndjson"}
    assert manager.post("/imports", b"x" * 11, **headers).status_code == 413
    assert (counts(), RawChunk.objects.count()) == ((0, 0), 0)
    assert manager.post("/imports", b"x" * 10, **headers).status_code == 202


def test_a_compressed_body_stays_compressed(manager: APIClient) -> None:
    body = gzip.compress(body_of(people(2)))
    assert post(manager, body, HTTP_CONTENT_ENCODING="gzip").status_code == 202
    assert Import.objects.get().content_encoding == "gzip"
    assert bytes(RawChunk.objects.get().content) == body


@pytest.mark.parametrize(
    "prefer", ["Respond-Async", "wait=10, respond-async", "respond-async; foo=1", "respond-async,"]
)
def test_the_preference_is_found_among_others(manager: APIClient, prefer: str) -> None:
    assert post(manager, b"{}", HTTP_PREFER=prefer).status_code == 202


@pytest.mark.parametrize("prefer", ["", "wait=10", "respond", "respond-async=no", "\x00"])
def test_any_other_preference_is_none(manager: APIClient, prefer: str) -> None:
    answer = post(manager, body_of([]), HTTP_PREFER=prefer)
    assert (answer.status_code, "Preference-Applied" in answer) == (201, False)


@pytest.mark.parametrize(
    ("query", "headers", "status", "errors"),
    [
        ("?source=-", {}, 400, [("?source", "invalid")]),
        ("?review=maybe", {}, 400, [("?review", "invalid")]),
        ("?reviews=true", {}, 400, [("?reviews", "unknown_parameter")]),
        ("?review=true", {"HTTP_PREFER": "wait=1"}, 400, [("?review", "needs_respond_async")]),
        ("", {"HTTP_CONTENT_ENCODING": "br"}, 415, []),
    ],
)
def test_what_can_be_seen_without_a_look_into_it_is_refused_at_once(
    manager: APIClient, query: str, headers: dict[str, str], status: int, errors: list[tuple[str, str]]
) -> None:
    assert problem(post(manager, body_of([]), query, **headers)) == (status, errors)
    assert (counts(), RawChunk.objects.count()) == ((0, 0), 0)


def test_the_same_request_again_is_the_same_import(manager: APIClient) -> None:
    first, again = (post(manager, b"{}", HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))
    assert (again.status_code, again.json(), again["Location"]) == (202, first.json(), first["Location"])
    assert (again["Preference-Applied"], again["Idempotent-Replayed"]) == ("respond-async", "true")
    assert (Import.objects.count(), RawChunk.objects.count()) == (1, 1)


def test_a_body_beyond_the_limit_leaves_nothing(manager: APIClient, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 10
    assert post(manager, b"x" * 11).status_code == 413
    assert post(manager, b"x" * 10).status_code == 202
    assert RawChunk.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_caller_who_goes_away_in_the_middle_leaves_nothing(server: Server, token_of: Callable[[str], str]) -> None:
    address = urlsplit(server.url)
    head = (
        f"POST /imports HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Token {token_of('Managers')}\r\n"
        "Content-Type: application/json\r\nPrefer: respond-async\r\nContent-Length: 1000\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=10) as caller:
        caller.sendall(head.encode() + b'{"citizens": []}')
        caller.shutdown(socket.SHUT_WR)
        # To the front it is no request.
        assert caller.recv(100) == b""
    assert (counts(), RawChunk.objects.count()) == ((0, 0), 0)


@pytest.mark.parametrize("step", STEPS)
def test_options_tell_nobody_which_imports_exist(client: APIClient, step: str) -> None:
    answer = client.options(f"/imports/999/{step}")
    assert (answer.status_code, answer["Allow"]) == (200, "POST, OPTIONS")
    assert answer.json()["data"]["methods"] == ["POST", "OPTIONS"]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_refused_in_the_usual_order(
    client: APIClient, client_of: Callable[[str], APIClient], step: str
) -> None:
    import_id = received(b"{}")
    Import.objects.update(status="complete")
    manager, url = client_of("Managers"), f"/imports/{import_id}/{step}"
    assert manager.get(url).status_code == 405
    assert client.post(url).status_code == 401
    assert [client_of(role).post(url).status_code for role in ("Viewers", "Editors")] == [403, 403]
    assert client_of("Importers").post(url).status_code == 404
    assert [manager.post(f"/imports/{number}/{step}").status_code for number in ("0", "x", "9" * 30)] == [404] * 3
    assert problem(manager.post(f"{url}?force=1")) == (400, [("?force", "unknown_parameter")])
    assert manager.post(url).status_code == 409


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        ("cancel", "queued", "cancelled"),
        ("retry", "cancelled", "queued"),
        ("approve", "checked", "loading"),
        ("discard", "checked", "cancelled"),
    ],
)
def test_importers_decide_about_their_own(
    client_of: Callable[[str], APIClient], step: str, before: str, after: str
) -> None:
    client = client_of("Importers")
    import_id = received(b"{}", actor=User.objects.get(username="importers"))
    Import.objects.update(status=before)
    answer = client.post(f"/imports/{import_id}/{step}")
    assert (answer.status_code, answer.json()["data"]["status"]) == (202, after)
    assert answer.json() == client.get(f"/imports/{import_id}").json()


def test_a_retry_without_a_body_is_410(manager: APIClient) -> None:
    import_id = received(b"{}")
    Import.objects.update(status="failed", body_size=None)
    assert manager.post(f"/imports/{import_id}/retry").status_code == 410


def test_the_list_shows_deliveries_in_every_state(manager: APIClient) -> None:
    for status in Import.Status:
        Import.objects.filter(pk=received(b"{}")).update(status=status)
    rows = manager.get("/imports").json()["data"]
    assert [row["status"] for row in rows] == [status.value for status in reversed(Import.Status)]
    assert {"review" in row for row in rows} == {False}
