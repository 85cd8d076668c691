"""`Idempotency-Key` on POST /imports: the same again, something else, refusals, and what is kept."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from config.common.background.services.clear_expired import clear_expired
from config.common.idempotency.answers import name_of
from config.common.idempotency.models import IdempotencyKey
from imports.models import Import
from tests.imports.documents.builders import citizen, document
from tests.imports.world import counts, problem

pytestmark = pytest.mark.django_db

GOOD = document(citizen(1, relatives=[2]), citizen(2, relatives=[1]))
BAD = document(citizen(1, town=""))
LONGEST = "".join(map(chr, range(0x21, 0x7F))) + "k" * 161


def post(
    client: APIClient, body: bytes = GOOD, *, key: str = "k", url: str = "/imports", gzipped: bool = False, **more: str
) -> Any:
    headers = {"Idempotency-Key": key} | ({"Content-Encoding": "gzip"} if gzipped else {})
    return client.post(url, body, content_type=more.pop("content_type", "application/json"), headers=headers | more)


def seen(answer: Any) -> tuple[int, Any, str | None, str | None]:
    headers = answer.headers
    return answer.status_code, answer.json(), headers.get("Location"), headers.get("Idempotent-Replayed")


@pytest.mark.parametrize("key", ["k", "!", "~", "8e03978e-40d5-43dd-bc93-6894a57f9324", '"quoted"', LONGEST])
def test_the_same_again_is_answered_as_the_first_time(manager: APIClient, key: str) -> None:
    first = seen(post(manager, key=key))
    import_id = Import.objects.get().pk
    assert first == (201, {"data": {"import_id": import_id}}, f"/imports/{import_id}", None)
    for _ in range(2):
        assert seen(post(manager, key=key)) == (*first[:3], "true")
    assert counts() == (1, 2)


@pytest.mark.parametrize("key", ["", " ", "a b", "a\tb", "ключ", "é", "k" * 256, "\x7f"])
def test_a_key_that_is_not_visible_ascii_of_255_characters_is_refused(manager: APIClient, key: str) -> None:
    # As WSGI hands on what is not ASCII.
    header = key.encode().decode("latin-1")
    answer = manager.post("/imports", GOOD, content_type="application/json", HTTP_IDEMPOTENCY_KEY=header)
    assert problem(answer) == (400, [("Idempotency-Key", "invalid")])
    assert counts() == (0, 0)


def test_without_a_key_the_same_again_is_another_import(manager: APIClient) -> None:
    for _ in range(2):
        assert manager.post("/imports", GOOD, content_type="application/json").status_code == 201
    assert (Import.objects.count(), IdempotencyKey.objects.count()) == (2, 0)


@pytest.mark.parametrize(
    "changed",
    [
        {"body": GOOD + b" "},
        {"body": b""},
        {"body": b"no JSON"},
        {"body": gzip.compress(GOOD), "gzipped": True},
        {"body": GOOD, "gzipped": True},
        {"content_type": "application/json; charset=utf-8"},
        {"content_type": "text/plain"},
    ],
)
def test_with_something_else_the_key_is_refused_and_goes_on_standing_for_the_first(
    manager: APIClient, changed: dict[str, Any]
) -> None:
    first = seen(post(manager))
    assert problem(post(manager, **changed)) == (422, [])
    assert seen(post(manager)) == (*first[:3], "true")
    assert counts() == (1, 2)


def test_the_query_is_part_of_the_url_that_a_key_is_for(manager: APIClient) -> None:
    urls = ["/imports", "/imports?source=q", "/imports?source=r", "/imports?review=false&source=q"]
    answers = [[seen(post(manager, url=url)) for url in urls] for _ in range(2)]
    assert [(status, replayed) for status, _, _, replayed in answers[0]] == [(201, None)] * 4
    assert answers[1] == [(*first[:3], "true") for first in answers[0]]
    assert list(Import.objects.order_by("pk").values_list("source", flat=True)) == ["default", "q", "r", "q"]


def test_compressed_bodies_are_compared_as_they_were_sent(manager: APIClient) -> None:
    small, large = gzip.compress(GOOD, 9, mtime=0), gzip.compress(GOOD, 0, mtime=0)
    first = seen(post(manager, small, gzipped=True))
    assert first[0] == 201
    assert seen(post(manager, small, gzipped=True)) == (*first[:3], "true")
    assert post(manager, large, gzipped=True).status_code == 422


def test_a_delivery_that_is_loaded_afterwards_is_taken_in_once(manager: APIClient) -> None:
    first, second = (post(manager, Prefer="respond-async") for _ in range(2))
    assert (seen(first)[0], seen(second)) == (202, (*seen(first)[:3], "true"))
    assert second.headers["Preference-Applied"] == "respond-async"
    assert Import.objects.count() == 1
    # What the caller prefers is no part of what was sent.
    assert seen(post(manager)) == (*seen(first)[:3], "true")


def test_keys_of_two_users_are_two(client_of: Callable[[str], APIClient]) -> None:
    for role in ("Managers", "Importers"):
        assert seen(post(client_of(role)))[3] is None
    assert Import.objects.count() == 2


@pytest.mark.parametrize("part", ["user", "method", "url", "key"])
def test_each_part_of_a_name_counts(django_user_model: Any, part: str) -> None:
    users = [django_user_model.objects.create_user(name) for name in ("anna", "boris")]
    first: dict[str, Any] = {"user": users[0], "method": "POST", "url": "/imports", "key": "k"}
    others = {"user": users[1], "method": "PUT", "url": "/imports?source=q", "key": "K"}
    assert name_of(**first) == name_of(**first)
    assert name_of(**first) != name_of(**first | {part: others[part]})


@pytest.mark.parametrize(
    ("refused", "status"),
    [
        ({"body": BAD}, 400),
        ({"body": b"{"}, 400),
        ({"url": "/imports?bogus=1"}, 400),
        ({"content_type": "text/plain"}, 415),
        ({"body": b" " * 200 + GOOD}, 413),
    ],
)
def test_a_refusal_frees_the_key(manager: APIClient, settings: Any, refused: dict[str, Any], status: int) -> None:
    settings.IMPORT_MAX_BYTES = len(GOOD) + 100
    for _ in range(2):
        assert seen(post(manager, **refused))[::3] == (status, None)
    assert (counts(), IdempotencyKey.objects.count()) == ((0, 0), 0)
    assert seen(post(manager))[::3] == (201, None)


def test_a_failure_of_ours_frees_the_key_and_leaves_nothing(
    manager: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("config.common.idempotency.api.remember", fails)
        assert post(manager).status_code == 500
    assert (counts(), IdempotencyKey.objects.count()) == ((0, 0), 0)
    assert seen(post(manager))[::3] == (201, None)


def test_who_may_not_load_is_refused_before_the_key_is_looked_at(client_of: Callable[[str], APIClient]) -> None:
    assert post(client_of("Viewers"), key="").status_code == 403
    assert post(APIClient(), key="").status_code == 401


def test_an_answer_is_kept_for_24_hours(manager: APIClient) -> None:
    begun = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(begun, tick=False) as clock:
        first = seen(post(manager))
        clock.move_to(begun + timedelta(hours=24, seconds=-1))
        assert seen(post(manager)) == (*first[:3], "true")
        clear_expired()
        clock.move_to(begun + timedelta(hours=24))
        # Also before the expired one is cleared away, and with another body.
        again = seen(post(manager, GOOD + b" "))
        assert again[::3] == (201, None)
        assert again[1] != first[1]
        assert seen(post(manager, GOOD + b" ")) == (*again[:3], "true")
    assert IdempotencyKey.objects.count() == 1


def test_expired_answers_are_cleared_away(manager: APIClient) -> None:
    begun = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(begun, tick=False) as clock:
        post(manager, key="old")
        clock.move_to(begun + timedelta(hours=1))
        post(manager, key="new")
        clock.move_to(begun + timedelta(hours=24))
        assert clear_expired()["idempotency_keys"] == 1
        assert seen(post(manager, key="new"))[3] == "true"


def test_what_is_kept_names_nobody(manager: APIClient) -> None:
    post(manager, key="anna@example.com")
    [kept] = IdempotencyKey.objects.values()
    import_id = Import.objects.get().pk
    assert (kept["status"], json.loads(kept["body"])) == (201, {"data": {"import_id": import_id}})
    assert kept["headers"] == {"Location": f"/imports/{import_id}"}
    assert [len(kept["name"]), len(kept["request_hash"])] == [64, 64]
