"""A thousand tiny deliveries at once, each with a key of its own, and every one of them sent again."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.utils import timezone

from config.common.background.services.clear_expired import clear_expired
from config.common.idempotency.models import IdempotencyKey
from imports.models import Citizen, Import
from tests.background.workers import start_worker, until
from tests.factories import people
from tests.imports.world import body_of
from tests.server import Server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

MANY = 1_000
CALLERS = 16


@pytest.fixture
def caller(server: Server, token_of: Callable[[str], str]) -> Iterator[httpx.Client]:
    with server.client(token_of("Managers")) as client:
        yield client


def told(client: httpx.Client, keys: list[str], **headers: str) -> dict[str, tuple[int, str]]:
    """What was answered to a delivery of one resident with each of these keys: the status and the import's URL."""
    body, kind = body_of(people(1)), {"Content-Type": "application/json"}

    def post(key: str) -> tuple[str, tuple[int, str]]:
        asked = {**kind, **headers, **({"Idempotency-Key": key} if key.startswith("key") else {})}
        answer = client.post("/imports", content=body, headers=asked)
        return key, (answer.status_code, answer.headers.get("Location", ""))

    with ThreadPoolExecutor(CALLERS) as pool:
        return dict(pool.map(post, keys))


def test_a_thousand_at_once_are_each_loaded_once_and_sent_again_change_nothing(caller: httpx.Client) -> None:
    keys = [f"key-{number}" for number in range(MANY)]
    first = told(caller, keys, Prefer="respond-async")
    assert Counter(status for status, _ in first.values()) == {202: MANY}
    assert len({url for _, url in first.values()}) == MANY
    assert told(caller, keys, Prefer="respond-async") == first
    with start_worker(concurrency=2):
        until(lambda: Import.objects.filter(status="complete").count() == MANY, seconds=400)
    assert (Import.objects.count(), Citizen.objects.count()) == (MANY, MANY)
    assert set(Import.objects.values_list("attempts", flat=True)) == {1}


def test_a_flood_of_keys_is_gone_when_they_have_run_out(caller: httpx.Client) -> None:
    first = told(caller, [f"key-{number}" for number in range(MANY)])
    assert Counter(status for status, _ in first.values()) == {201: MANY}
    assert IdempotencyKey.objects.count() == MANY
    IdempotencyKey.objects.update(expires_at=timezone.now())
    assert clear_expired()["idempotency_keys"] == MANY
    assert IdempotencyKey.objects.count() == 0


def test_without_keys_each_that_is_sent_again_is_another(caller: httpx.Client) -> None:
    for _ in range(2):
        told(caller, [f"none-{number}" for number in range(20)])
    assert Import.objects.count() == 40
