"""Ten failed sign-ins lock a user name at an address, and nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def _people() -> None:
    for name in ("ada", "ben"):
        User.objects.create_superuser(name, password=PASSWORD)


def sign_in(username: str = "ada", password: str = PASSWORD, address: str = "192.0.2.1", **extra: str) -> HttpResponse:
    """The answer to the login form."""
    form = {"username": username, "password": password}
    post: Any = Client().post
    answer: HttpResponse = post("/admin/login/?next=/admin/", form, REMOTE_ADDR=address, **extra)
    return answer


def fail(times: int) -> None:
    """So many wrong passwords."""
    for _ in range(times):
        sign_in(password="wrong")


def test_after_ten_failures_the_right_password_is_refused_too() -> None:
    fail(10)
    answer = sign_in()
    html = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert ("Try again in 15 minutes." in html, "site/site.css" in html) == (True, True)


def test_nine_failures_lock_nobody() -> None:
    fail(9)
    assert sign_in().status_code == 302


def test_another_user_of_the_address_and_the_user_at_another_address_are_let_in() -> None:
    fail(10)
    assert [sign_in("ben").status_code, sign_in(address="192.0.2.2").status_code] == [302, 302]


def test_a_header_does_not_make_another_address() -> None:
    for number in range(10):
        sign_in(password="wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert sign_in(HTTP_X_FORWARDED_FOR="198.51.100.99").status_code == 429


@override_settings(TRUSTED_PROXIES=1)
def test_behind_a_proxy_of_our_own_the_callers_address_counts() -> None:
    for _ in range(10):
        sign_in(password="wrong", HTTP_X_FORWARDED_FOR="198.51.100.1")
    found = [sign_in(HTTP_X_FORWARDED_FOR=f"198.51.100.{number}").status_code for number in (1, 2)]
    assert found == [429, 302]


@pytest.mark.parametrize("address", ["", "nonsense", "fe80::1%eth0", "10.0.0.1:80"])
def test_an_address_that_is_none_breaks_nothing(address: str) -> None:
    assert [sign_in(password="wrong", address=address).status_code, sign_in(address=address).status_code] == [200, 302]


def test_the_lock_ends_after_a_quarter_of_an_hour() -> None:
    with time_machine.travel(NOW, tick=False):
        fail(10)
    with time_machine.travel(NOW + timedelta(minutes=14), tick=False):
        assert sign_in("ben").status_code == 302
    with time_machine.travel(NOW + timedelta(minutes=15, seconds=1), tick=False):
        assert sign_in().status_code == 302


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 300, "\ud800", "\u0430da"])
def test_a_name_that_can_be_nobodys_is_refused_like_a_wrong_password(name: str) -> None:
    assert sign_in(name.encode("utf-8", "replace").decode()).status_code == 200
