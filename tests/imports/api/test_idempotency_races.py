"""One key from many callers at once, and from callers whose server was killed: one import, and one answer."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import connection
from rest_framework.test import APIClient

from config.common.idempotency import answers as idempotency
from config.common.idempotency.models import IdempotencyKey
from imports.models import Import
from tests.effort import tries
from tests.factories import alike
from tests.imports.api.test_kill import backends, wait_until_only
from tests.imports.crowd import in_threads, together
from tests.imports.world import body_of, counts, problem
from tests.server import Server, reached, start_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

TokenOf = Callable[[str], str]
CALLERS = 6
BODY = body_of(alike(300))
JSON = {"Content-Type": "application/json"}


def post(client: httpx.Client, key: str | None, body: bytes = BODY) -> httpx.Response:
    return reached(client.post("/imports", content=body, headers=JSON | ({"Idempotency-Key": key} if key else {})))


@pytest.mark.parametrize("key", ["k", None])
def test_callers_at_the_same_moment_make_one_import_and_without_a_key_as_many_as_they_are(
    server: Server, token_of: TokenOf, key: str | None
) -> None:
    token = token_of("Managers")
    for round_number in range(3):
        before = Import.objects.count()
        answers: list[httpx.Response] = []

        def act(
            client: httpx.Client,
            own: str | None = key and f"{key}{round_number}",
            answers: list[httpx.Response] = answers,
        ) -> httpx.Response:
            answers.append(post(client, own))
            return answers[-1]

        statuses = together(server, token, [act] * CALLERS)
        assert set(statuses) <= ({201, 409} if key else {201})
        made = Import.objects.count() - before
        assert made == (1 if key else CALLERS)
        first = [
            answer for answer in answers if answer.status_code == 201 and "Idempotent-Replayed" not in answer.headers
        ]
        assert len(first) == made
        assert {a.headers["Retry-After"] for a in answers if a.status_code == 409} <= {"1"}


def test_while_the_first_is_running_the_second_is_told_to_come_back(
    client_of: Callable[[str], APIClient],
) -> None:
    client = client_of("Managers")
    with idempotency.claimed(running_name()):
        answers = from_threads(client, 1)
    assert problem(answers[0]) == (409, [])
    assert (answers[0].headers["Retry-After"], counts()) == ("1", (0, 0))
    assert from_threads(client, 1)[0].status_code == 201


def unclaimed(name: str) -> AbstractContextManager[None]:
    """`claimed`, without the lock."""
    return nullcontext()


def test_without_the_lock_the_row_still_lets_one_of_them_through(
    client_of: Callable[[str], APIClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.common.idempotency.api.claimed", unclaimed)
    answers = all_at_once(client_of("Managers"), monkeypatch)
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert counts() == (1, 300)


def test_without_the_lock_and_the_row_both_of_them_load(
    client_of: Callable[[str], APIClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.common.idempotency.api.claimed", unclaimed)
    monkeypatch.setattr("config.common.idempotency.api.remember", lambda *_, **__: None)
    answers = all_at_once(client_of("Managers"), monkeypatch)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert counts() == (2, 600)


def all_at_once(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two callers; both have looked for an answer before one of them goes on."""
    both_have_looked = Barrier(2, timeout=10)

    def find(name: str) -> None:
        assert idempotency.find_answer(name) is None
        both_have_looked.wait()

    monkeypatch.setattr("config.common.idempotency.api.find_answer", find)
    return from_threads(client, 2)


def from_threads(client: APIClient, times: int) -> list[Any]:
    """The answers to the same request from so many threads, each with its own connection to the database."""
    answers: list[Any] = []

    def run() -> None:
        try:
            headers = {"Idempotency-Key": "k"}
            answers.append(client.post("/imports", BODY, content_type="application/json", headers=headers))
        finally:
            connection.close()

    in_threads([(run,)] * times)
    return answers


def running_name() -> str:
    """The name of the key of `from_threads`."""
    return idempotency.name_of(user=User.objects.get(), method="POST", url="/imports", key="k")


@dataclass
class Diary:
    """The keys that a caller sent, and the imports that it was told of."""

    sent: list[str] = field(default_factory=list)
    loaded: dict[str, int] = field(default_factory=dict)

    def post_until_it_dies(self, server: Server, token: str, name: str) -> None:
        with server.client(token) as client:
            while True:
                key = f"{name}-{len(self.sent)}"
                self.sent.append(key)
                try:
                    self.loaded[key] = post(client, key).json()["data"]["import_id"]
                except httpx.TransportError:
                    return


def kill(server: Server, seconds: float) -> None:
    time.sleep(seconds)
    os.killpg(server.process.pid, signal.SIGKILL)


def test_whoever_asks_again_after_a_kill_has_one_import_for_each_key(server: Server, token_of: TokenOf) -> None:
    """The server dies at work; every request is sent again to another one, with its key."""
    token = token_of("Managers")
    resent = 0
    for seed in range(tries(4)):
        diary, known = Diary(), backends()
        with start_server() as dying:
            callers = [(diary.post_until_it_dies, dying, token, f"{seed}-{number}") for number in range(3)]
            in_threads([*callers, (kill, dying, random.Random(seed).uniform(0.15, 0.9))])
        wait_until_only(known)
        assert set(diary.loaded.values()) <= set(Import.objects.values_list("pk", flat=True))
        with server.client(token) as client:
            answers = {key: post(client, key) for key in diary.sent}
        assert {answer.status_code for answer in answers.values()} == {201}
        found = {key: answer.json()["data"]["import_id"] for key, answer in answers.items()}
        assert {key: found[key] for key in diary.loaded} == diary.loaded
        assert len(set(found.values())) == len(diary.sent)
        resent += sum("Idempotent-Replayed" not in answer.headers for answer in answers.values())
    assert Import.objects.count() == IdempotencyKey.objects.count()
    assert resent > 0
