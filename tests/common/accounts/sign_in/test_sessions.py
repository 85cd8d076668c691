"""How long a session lasts, and what ends it."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from time_machine import Traveller

from tests.common.accounts.sign_in.steps import give_password

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture
def browser(clock: Traveller, superuser: User) -> Client:
    """In which somebody has just signed in."""
    client = Client()
    give_password(client, "root")
    return client


def status(browser: Client) -> int:
    """Of something that the session opens."""
    return browser.get("/imports").status_code


def test_an_hour_without_use_ends_a_session(clock: Traveller, browser: Client) -> None:
    clock.shift(HOUR - 1)
    used = status(browser)
    clock.shift(HOUR - 1)
    again = status(browser)
    clock.shift(HOUR + 1)
    assert (used, again, status(browser)) == (200, 200, 401)


def test_twelve_hours_end_it_however_much_it_is_used(clock: Traveller, browser: Client) -> None:
    found = []
    for _ in range(25):
        clock.shift(HOUR / 2)
        found.append(status(browser))
    assert found == [200] * 23 + [401] * 2
    assert Session.objects.count() == 0


def test_the_cookie_ends_with_the_browser(browser: Client) -> None:
    cookie = browser.cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"], cookie["httponly"]) == ("", "", True)


def test_use_is_written_down_once_a_minute(clock: Traveller, browser: Client) -> None:
    ends = []
    for seconds in (10, 51, 10):
        clock.shift(seconds)
        status(browser)
        ends.append(Session.objects.get().expire_date)
    assert ((ends[1] - ends[0]).total_seconds(), ends[2] == ends[1]) == (61, True)


def test_a_session_from_before_its_age_was_written_down_is_nobodys(browser: Client) -> None:
    session = browser.session
    del session["signed_in_at"]
    session.save()
    assert status(browser) == 401


def test_another_password_signs_out_everywhere(browser: Client, superuser: User) -> None:
    superuser.set_password("another long password")
    superuser.save()
    assert status(browser) == 401
