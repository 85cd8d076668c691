"""`PUT /create` with `Prefer: respond-async`, and `GET /creates/{id}`."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from airports.models import Airport, QueuedCreate
from airports.services import queue_create
from airports.services.drain_creates import drain_creates
from config.common.background.models import Turn
from tests.airports.api.test_airports import errors
from tests.airports.builders import VALENCIA, make_valencia

pytestmark = pytest.mark.django_db

ASYNC = {"Prefer": "respond-async"}
ClientOf = Callable[[str], APIClient]


def put(client: APIClient, body: Any = VALENCIA, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body)
    return client.put("/create", content, content_type="application/json", headers=ASYNC | headers)


def test_a_create_is_accepted_queued_and_then_created(manager: APIClient) -> None:
    accepted = put(manager)
    row = QueuedCreate.objects.get()
    data = accepted.json()["data"]
    assert [accepted.status_code, accepted["Location"], accepted["Preference-Applied"]] == [
        202,
        f"/creates/{row.pk}",
        "respond-async",
    ]
    assert data == {
        "id": row.pk,
        "status": "queued",
        "airport_url": None,
        "errors": [],
        "more_errors": 0,
        "created_at": data["created_at"],
        "finished_at": None,
    }
    assert (manager.get(accepted["Location"]).json()["data"], Airport.objects.count()) == (data, 0)
    drain_creates()
    done = manager.get(accepted["Location"]).json()["data"]
    assert done == data | {
        "status": "created",
        "airport_url": f"/airports/{Airport.objects.get().pk}",
        "finished_at": done["finished_at"],
    }
    assert manager.get(done["airport_url"]).json()["data"]["name"] == "Valencia Airport"


def test_a_bad_row_is_accepted_and_says_why_it_failed(manager: APIClient) -> None:
    make_valencia()
    bad, taken = put(manager, {"name": "", "latitude": 1, "longitude": 181}), put(manager)
    assert [bad.status_code, taken.status_code] == [202, 202]
    drain_creates()
    found = [manager.get(answer["Location"]).json()["data"] for answer in (bad, taken)]
    assert [row["status"] for row in found] == ["failed", "failed"]
    assert [[(e["pointer"], e["code"]) for e in row["errors"]] for row in found] == [
        [("/name", "required"), ("/longitude", "out_of_range")],
        [("/iata", "duplicate_code"), ("/icao", "duplicate_code")],
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "malformed_json"), (b"{", "malformed_json"), (b"[]", "invalid_type"), (b'{"a": "\xff"}', "malformed_json")],
)
def test_what_is_no_json_object_is_refused_at_once(manager: APIClient, body: bytes, code: str) -> None:
    answer = put(manager, body)
    assert [answer.status_code, errors(answer), QueuedCreate.objects.count()] == [400, [("", code)], 0]


def test_other_refusals_are_those_of_a_direct_create(manager: APIClient, client_of: ClientOf) -> None:
    assert put(manager, b" " * 1_048_577).status_code == 413
    assert manager.put("/create", "{}", content_type="text/plain", headers=ASYNC).status_code == 415
    assert manager.put("/create?x=1", VALENCIA, headers=ASYNC).status_code == 400
    assert [put(client_of(role)).status_code for role in ("Viewers", "Importers", "Editors")] == [403, 403, 202]
    assert put(APIClient()).status_code == 401
    assert QueuedCreate.objects.count() == 1


def test_whoever_made_it_and_managers_see_it_and_for_others_it_is_not_there(
    manager: APIClient, client_of: ClientOf
) -> None:
    editor = client_of("Editors")
    own, managers = put(editor)["Location"], put(manager)["Location"]
    assert [editor.get(own).status_code, manager.get(own).status_code] == [200, 200]
    others = [client_of(role).get(own).status_code for role in ("Viewers", "Importers")]
    assert [editor.get(managers).status_code, *others, APIClient().get(own).status_code] == [404, 404, 404, 401]


@pytest.mark.parametrize("create_id", ["0", "999999", "x", "-1", "9" * 30, "%00"])
def test_a_create_that_does_not_exist_is_404(manager: APIClient, create_id: str) -> None:
    assert manager.get(f"/creates/{create_id}").status_code == 404


def test_nothing_else_works_there(manager: APIClient) -> None:
    url = put(manager)["Location"]
    assert [manager.head(url).status_code, manager.delete(url).status_code] == [200, 405]
    assert APIClient().options(url)["Allow"] == "GET, HEAD, OPTIONS"
    assert manager.get(f"{url}?x=1").status_code == 400


def test_the_same_again_with_a_key_is_one_create(manager: APIClient) -> None:
    first, second = (put(manager, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert [second.status_code, second.json(), second["Location"]] == [202, first.json(), first["Location"]]
    assert [second["Idempotent-Replayed"], second["Preference-Applied"]] == ["true", "respond-async"]
    assert QueuedCreate.objects.count() == 1
    assert put(manager, {"name": "Other"}, **{"Idempotency-Key": "k"}).status_code == 422


def test_a_direct_create_with_a_key_is_made_once(manager: APIClient) -> None:
    answers = [manager.put("/create", VALENCIA, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answers[1].content, answers[1]["ETag"]] == [answers[0].content, '"1"']
    assert Airport.objects.count() == 1
    # The refusal of a duplicate frees its key.
    duplicate = [manager.put("/create", VALENCIA, headers={"Idempotency-Key": "l"}).status_code for _ in range(2)]
    assert duplicate == [409, 409]


def test_a_queued_create_is_not_counted_by_the_rate_limit(
    manager: APIClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []

    def allow(self: Any, request: Any, view: Any) -> bool:
        counted.append(request.method)
        return True

    monkeypatch.setattr("config.common.http.throttling.CallerThrottle.allow_request", allow)
    put(manager)
    manager.put("/create", {}, headers={"Prefer": "return=minimal"})
    manager.get("/creates/1", headers=ASYNC)
    assert counted == ["PUT", "GET"]


def test_acceptance_costs_two_queries(manager: APIClient, django_assert_num_queries: Callable[[int], Any]) -> None:
    put(manager)  # writes down that the token was used
    # Who calls and what they may, the row.
    with django_assert_num_queries(2):
        put(manager)


@pytest.mark.django_db(transaction=True)
def test_a_flood_sends_one_message_a_batch_from_all_processes(
    manager: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    Turn.objects.all().delete()
    sent: list[str] = []
    monkeypatch.setattr(queue_create, "enqueue", lambda name, **_: sent.append(name))
    for _ in range(2):
        # What another process has.
        monkeypatch.setattr(queue_create, "_wake", queue_create._Wake())
        for _ in range(5):
            put(manager)
    assert sent == ["airports.drain_creates"]
