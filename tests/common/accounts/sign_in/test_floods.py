"""Many sign-ins at one moment, over real HTTP."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User

from config.common.background.single import single_run
from tests.common.accounts.sign_in.steps import PASSWORD
from tests.common.accounts.sign_in.test_tries import fresh_address
from tests.imports.crowd import in_threads
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)
ATTACKERS = 24
TOKEN = "a" * 32


@pytest.fixture(scope="module")
def limited(django_db_setup: None) -> Iterator[Server]:
    """Ten failures a minute, behind one proxy of our own."""
    with start_server(
        SIGN_IN_FAILURES_PER_MINUTE="10", TRUSTED_PROXIES="1", WEB_WORKERS="2", WEB_THREADS="8"
    ) as server:
        yield server


@pytest.fixture(autouse=True)
def _inside_one_minute() -> None:
    """The window is the minute of the clock: a test must not straddle two."""
    if time.time() % 60 > 45:
        time.sleep(60 - time.time() % 60)


def sign_in(server: Server, address: str, name: str, password: str = "wrong") -> httpx.Response:
    """The answer to the form, of whom the proxy says that it is at `address`."""
    form = {"username": name, "password": password, "csrfmiddlewaretoken": TOKEN}
    headers = {"X-Forwarded-For": address, "Cookie": f"csrftoken={TOKEN}"}
    with server.client() as client:
        return client.post("/admin/login/", data=form, headers=headers)


def at_once(*calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """The answers to all of them, which start at one moment."""
    start, answers = threading.Barrier(len(calls), timeout=20), dict[int, httpx.Response]()

    def run(number: int, call: Callable[[], httpx.Response]) -> None:
        start.wait()
        answers[number] = call()

    in_threads([(run, number, call) for number, call in enumerate(calls)])
    return [answers[number] for number in range(len(calls))]


def test_a_flood_of_names_from_one_address_is_ten_failures_and_disturbs_nobody_elsewhere(
    limited: Server, superuser: User, token_of: Callable[[str], str]
) -> None:
    flooded, elsewhere = fresh_address(), fresh_address()
    token = token_of("Viewers")

    def attack() -> httpx.Response:
        return sign_in(limited, flooded, secrets.token_hex(8))

    def read() -> httpx.Response:
        with limited.client(token) as client:
            return client.get("/imports")

    *attacks, person, program = at_once(
        *[attack] * ATTACKERS, lambda: sign_in(limited, elsewhere, "root", PASSWORD), read
    )
    assert (person.status_code, program.status_code) == (302, 200)
    attacks += [attack() for _ in range(11)]
    failed = [answer for answer in attacks if answer.status_code == 200]
    refused = [answer for answer in attacks if answer.status_code == 429]
    assert (len(failed), len(refused), AccessAttempt.objects.count()) == (10, len(attacks) - 10, 10)
    assert all(1 <= int(answer.headers["Retry-After"]) <= 60 for answer in refused)
    # Right or wrong, the flooded address waits; every other gets in.
    assert sign_in(limited, flooded, "root", PASSWORD).status_code == 429
    assert sign_in(limited, elsewhere, "root", PASSWORD).status_code == 302


def test_an_office_behind_one_address_gets_in_by_trying_again(limited: Server, superuser: User) -> None:
    office = fresh_address()

    def until_in() -> httpx.Response:
        deadline = time.monotonic() + 30
        while (answer := sign_in(limited, office, "root", PASSWORD)).status_code == 429:
            assert (answer.headers["Retry-After"], time.monotonic() < deadline) == ("1", True)
            time.sleep(0.1)
        return answer

    assert [answer.status_code for answer in at_once(*[until_in] * 10)] == [302] * 10


def test_an_address_that_is_at_work_in_another_process_waits_and_then_comes_back(
    limited: Server, superuser: User
) -> None:
    busy, free = fresh_address(), fresh_address()
    with single_run(f"sign-in:{busy}") as alone:
        answers = [sign_in(limited, address, "root", PASSWORD) for address in (busy, free)]
    found: list[Any] = [(answer.status_code, answer.headers.get("Retry-After")) for answer in answers]
    assert (alone, found) == (True, [(429, "1"), (302, None)])
    assert sign_in(limited, busy, "root", PASSWORD).status_code == 302
