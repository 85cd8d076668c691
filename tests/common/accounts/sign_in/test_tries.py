"""One try at a time for an address, ten failures a minute, and a quarter of the threads for all of them."""

import secrets
import threading
from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from time_machine import Traveller

from config.common.accounts.sign_in import tries
from config.common.accounts.sign_in.tries import one_hash
from config.common.http.callers import client_network
from config.common.problems import TooMany, Unavailable
from config.embedded.front import free_port
from tests.common.accounts.sign_in.steps import PASSWORD, give_code, give_password, person_with_factor
from tests.imports.crowd import in_threads

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(settings: Any) -> str:
    """One that nobody has tried from, with the limit on: Redis still counts for the last run."""
    settings.SIGN_IN_FAILURES_PER_MINUTE = 10
    return fresh_address()


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were hashed."""
    seen: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(self: MD5PasswordHasher, password: str, salt: str) -> str:
        seen.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    return seen


def fresh_address() -> str:
    """A random address."""
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


def fail(address: str, times: int) -> list[int]:
    """The statuses of so many wrong passwords, each of another name."""
    names = (secrets.token_hex(8) for _ in range(times))
    return [give_password(Client(), name, REMOTE_ADDR=address).status_code for name in names]


def test_after_ten_failures_of_any_names_an_address_is_refused_before_a_hash_and_a_row(
    clock: Traveller, address: str, superuser: User, hashes: list[str]
) -> None:
    assert fail(address, 10) == [200] * 10
    done = (len(hashes), AccessAttempt.objects.count())
    answer = give_password(Client(), "root", REMOTE_ADDR=address)
    html = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "50")
    assert ("Too many failed sign-ins from your address." in html, "<h1>" in html) == (True, True)
    assert (len(hashes), AccessAttempt.objects.count()) == done == (10, 10)


def test_the_next_minute_lets_it_in_again(clock: Traveller, address: str, superuser: User) -> None:
    fail(address, 10)
    found = []
    for seconds in (49, 1):
        clock.shift(seconds)
        found.append(give_password(Client(), "root", REMOTE_ADDR=address).status_code)
    assert found == [429, 302]


def test_another_address_is_not_concerned(clock: Traveller, address: str, superuser: User) -> None:
    fail(address, 10)
    assert give_password(Client(), "root", REMOTE_ADDR=fresh_address()).status_code == 302


def test_right_passwords_are_not_counted(clock: Traveller, address: str, superuser: User) -> None:
    found = [give_password(Client(), "root", REMOTE_ADDR=address).status_code for _ in range(12)]
    assert found == [302] * 12


def test_wrong_codes_and_wrong_old_passwords_are_counted_with_wrong_passwords(
    clock: Traveller, address: str, superuser: User
) -> None:
    person_with_factor()
    ada, root = Client(REMOTE_ADDR=address), Client(REMOTE_ADDR=address)
    give_password(root, "root")
    give_password(ada)
    old = {"old_password": "wrong", "new_password1": "x", "new_password2": "x"}
    statuses = [give_code(ada, "000000").status_code, root.post("/admin/password_change/", old).status_code]
    assert (statuses, fail(address, 9)) == ([200, 200], [200] * 8 + [429])
    # Whoever was let in so far waits as well.
    assert [give_code(ada, "000000").status_code, root.post("/admin/password_change/", old).status_code] == [429] * 2


def test_ten_wrong_old_passwords_lock_as_those_of_the_sign_in_do(superuser: User) -> None:
    browser = Client()
    give_password(browser, "root")
    old = {"old_password": "wrong", "new_password1": "x", "new_password2": "x"}
    found = [browser.post("/admin/password_change/", old).status_code for _ in range(11)]
    assert (found[0], found[-1], give_password(Client(), "root").status_code) == (200, 429, 429)


def test_a_right_old_password_changes_the_password(superuser: User) -> None:
    browser = Client()
    give_password(browser, "root")
    new = "another long password"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert browser.post("/admin/password_change/", form).status_code == 302
    assert give_password(Client(), "root", new).status_code == 302


def test_without_redis_nobody_is_refused_for_failures(address: str, settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}"
    assert fail(address, 12) == [200] * 12


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("10.0.0.1:80", "10.0.0.1:80"),
        ("", "local"),
    ],
)
def test_an_ipv6_customer_counts_as_one_whatever_address_he_takes(address: str, network: str) -> None:
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=address)) == network


class Hall:
    """A hash that takes a while, unless another one runs at the same time; and how many did at most."""

    def __init__(self) -> None:
        self.most = self._inside = 0
        self._lock, self._are_two = threading.Lock(), threading.Event()

    def stay(self, *_: object) -> str:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        if self.most > 1:
            self._are_two.set()
        self._are_two.wait(0.3)
        with self._lock:
            self._inside -= 1
        return ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("addresses", "turns", "at_once"),
    [
        # What one address does is held apart by the database alone, so in other processes and on other hosts too.
        (["192.0.2.1"] * 4, 4, False),
        (["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"], 1, False),
        # The control: without either they run together.
        (["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"], 4, True),
    ],
)
def test_hashes_of_an_address_and_of_a_process_run_one_at_a_time(
    addresses: list[str], turns: int, at_once: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, statuses, start = Hall(), [], threading.Barrier(len(addresses), timeout=20)
    settings.WEB_THREADS = 64
    monkeypatch.setattr(MD5PasswordHasher, "encode", hall.stay)
    monkeypatch.setattr(tries, "_turn", threading.Semaphore(turns))

    def run(address: str) -> None:
        start.wait()
        statuses.append(fail(address, 1)[0])
        connection.close()

    in_threads([(run, address) for address in addresses])
    assert (statuses, hall.most > 1) == ([200] * 4, at_once)


@pytest.mark.parametrize(("threads", "places", "of_an_address"), [(1, 2, 1), (8, 2, 1), (16, 4, 3), (64, 16, 15)])
def test_a_quarter_of_the_threads_is_taken_and_the_last_place_is_for_another_address(
    threads: int, places: int, of_an_address: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEB_THREADS = threads
    monkeypatch.setattr(tries, "_turn", threading.Semaphore(64))
    refusals = [nested("one", of_an_address, lambda: nested("one", 1, None))]
    refusals.append(nested("one", of_an_address, lambda: nested("other", places - of_an_address, third)))
    assert refusals == [TooMany, Unavailable]
    assert third() is None


def nested(network: str, times: int, then: Callable[[], Any] | None) -> Any:
    """What `then` returns inside so many tries of `network`, or the refusal of one of them."""
    if not times:
        return then() if then else None
    try:
        with one_hash(network):
            return nested(network, times - 1, then)
    except (TooMany, Unavailable) as problem:
        return type(problem)


def third() -> Any:
    """The refusal of one more address."""
    return nested("third", 1, None)


@pytest.mark.parametrize(
    ("signed_in", "tries_now", "is_in"),
    [
        ("192.0.2.9", "192.0.2.9", True),
        ("192.0.2.8", "192.0.2.9", False),
        ("2001:db8::ffff:1", "2001:db8::/64", True),
        ("2001:db8:0:1::1", "2001:db8::/64", False),
        ("192.0.2.9", "local", False),
    ],
)
def test_a_flood_from_everywhere_leaves_places_for_addresses_from_which_somebody_signed_in(
    signed_in: str, tries_now: str, is_in: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEB_THREADS = 8
    monkeypatch.setattr(tries, "_turn", threading.Semaphore(64))
    AccessLog.objects.create(username="ada", ip_address=signed_in)
    with one_hash("one"), one_hash("other"):
        assert nested(tries_now, 1, None) is (None if is_in else Unavailable)
        # No more of one address than ever.
        assert nested(tries_now, 2, None) is (TooMany if is_in else Unavailable)


@pytest.mark.parametrize(("network", "status"), [("127.0.0.1", 429), ("other", 503)])
def test_who_finds_no_place_is_told_to_come_back_in_a_second(
    network: str, status: int, superuser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "_turn", threading.Semaphore(64))
    found: list[HttpResponse] = []
    with one_hash(network), one_hash("another"):
        found.append(give_password(Client(), "root"))
    found.append(give_password(Client(), "root"))
    assert (found[0].status_code, found[0].headers["Retry-After"], found[1].status_code) == (status, "1", 302)
    assert "Try again in a moment." in found[0].content.decode()


def test_passwords_that_managers_set_are_hashed_in_turn(superuser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "_turn", threading.Semaphore(64))
    browser = Client()
    browser.force_login(superuser)
    new = {"password1": PASSWORD, "password2": PASSWORD}
    page = f"/admin/auth/user/{superuser.pk}/password/"
    with one_hash("127.0.0.1"):
        assert (browser.post(page, new).status_code, browser.get(page).status_code) == (429, 200)
    assert browser.post(page, new).status_code == 302
