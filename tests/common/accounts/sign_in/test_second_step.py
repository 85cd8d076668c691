"""Signing in with a password and a code."""

from typing import NamedTuple

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from time_machine import Traveller

from config.common.accounts.services.second_factor import remove_factor
from tests.common.accounts.sign_in.steps import (
    EVERYTHING,
    NOTHING,
    PASSWORD,
    app_code,
    forgive,
    give_code,
    give_password,
    opens,
    person_with_factor,
)

pytestmark = pytest.mark.django_db


class Ada(NamedTuple):
    """Somebody with a factor: the user, the key in the app, and the recovery codes."""

    user: User
    key: str
    codes: list[str]


@pytest.fixture
def ada(clock: Traveller, client: Client) -> Ada:
    """Who has given her password in `client`, half a minute after she used a code."""
    found = Ada(*person_with_factor())
    give_password(client)
    clock.shift(30)
    return found


def test_the_password_alone_opens_nothing(clock: Traveller, client: Client) -> None:
    person_with_factor()
    answer = give_password(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/login/code/")
    assert opens(client) == NOTHING


def test_the_code_opens_what_was_asked_for(ada: Ada, client: Client) -> None:
    answer = give_code(client, app_code(ada.key))
    assert (answer.status_code, answer.headers["Location"], opens(client)) == (
        302, "/admin/auth/user/", EVERYTHING,
    )  # fmt: skip


def test_a_code_with_spaces_is_that_code(ada: Ada, client: Client) -> None:
    code = app_code(ada.key)
    assert give_code(client, f" {code[:3]} {code[3:]} ").status_code == 302


@pytest.mark.parametrize("code", ["000000", "", "x" * 65, "x\0", "１２３４５６", "+12345", "\ud800", "1" * 60])
def test_a_wrong_code_opens_nothing(ada: Ada, client: Client, code: str) -> None:
    answer = give_code(client, code.encode("utf-8", "replace").decode())
    assert (answer.status_code, opens(client)) == (200, NOTHING)


def test_a_code_opens_once(ada: Ada, client: Client) -> None:
    found = []
    for _ in range(2):
        found.append(give_code(client, app_code(ada.key)).status_code)
        give_password(client)
    assert found == [302, 200]


def test_the_code_that_switched_the_factor_on_opens_nothing(clock: Traveller, client: Client) -> None:
    _, key, _ = person_with_factor()
    give_password(client)
    assert give_code(client, app_code(key)).status_code == 200


def test_a_recovery_code_opens_once_however_it_is_typed(clock: Traveller, ada: Ada) -> None:
    found = []
    for typed in (ada.codes[0].upper(), ada.codes[0], ada.codes[1].replace("-", " ")):
        browser = Client()
        give_password(browser)
        clock.shift(5)
        found.append((give_code(browser, typed).status_code, opens(browser)))
    assert found == [(302, EVERYTHING), (200, NOTHING), (302, EVERYTHING)]
    assert StaticToken.objects.filter(device__user=ada.user).count() == 8


def test_the_database_holds_no_recovery_code(ada: Ada, client: Client) -> None:
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert (len(stored), stored & {code.replace("-", "") for code in ada.codes}) == (10, set())
    assert give_code(client, stored.pop()).status_code == 200


def test_another_ones_code_is_wrong(ada: Ada, clock: Traveller, client: Client) -> None:
    _, key, codes = person_with_factor("ben")
    clock.shift(30)
    assert [give_code(client, code).status_code for code in (app_code(key), codes[0])] == [200, 200]


def test_after_a_wrong_code_the_next_waits_and_the_right_one_too(clock: Traveller, ada: Ada, client: Client) -> None:
    give_code(client, "000000")
    early = give_code(client, app_code(ada.key))
    clock.shift(2)
    late = give_code(client, app_code(ada.key))
    assert ("looked at in 1 second." in early.content.decode(), early.status_code, late.status_code) == (True, 200, 302)


def test_ten_wrong_codes_lock_as_wrong_passwords_do(ada: Ada, client: Client) -> None:
    codes = []
    for _ in range(10):
        forgive(ada.user)
        codes.append(give_code(client, "000000").status_code)
    forgive(ada.user)
    after = [give_code(client, app_code(ada.key)).status_code, give_password(client).status_code]
    assert (codes, after) == ([200] * 9 + [429], [429, 429])
    assert [attempt for attempt in AccessAttempt.objects.all() if "000000" in f"{attempt.post_data}"] == []


def test_passwords_and_codes_are_counted_together(ada: Ada, client: Client) -> None:
    for _ in range(5):
        give_password(Client(), password="wrong")
    for _ in range(5):
        forgive(ada.user)
        last = give_code(client, "000000")
    forgive(ada.user)
    assert (last.status_code, give_code(client, app_code(ada.key)).status_code) == (429, 429)


def test_the_right_password_does_not_end_the_count(clock: Traveller, client: Client) -> None:
    person_with_factor()
    for _ in range(9):
        give_password(client, password="wrong")
    give_password(client)
    give_password(client, password="wrong")
    assert give_password(client).status_code == 429


@pytest.mark.parametrize(
    ("password", "is_active", "seconds"),
    [(PASSWORD, True, 571), ("another long password", True, 0), (PASSWORD, False, 0)],
)
def test_the_waiting_ends_after_ten_minutes_with_another_password_or_when_switched_off(
    clock: Traveller, ada: Ada, client: Client, password: str, is_active: bool, seconds: int
) -> None:
    if password != PASSWORD:
        ada.user.set_password(password)
    ada.user.is_active = is_active
    ada.user.save()
    clock.shift(seconds)
    answer = give_code(client, app_code(ada.key))
    assert (answer.headers["Location"], opens(client)) == ("/admin/login/", NOTHING)


def test_the_code_page_is_for_those_who_gave_their_password(client: Client) -> None:
    found = [client.get("/admin/login/code/"), give_code(client, "000000")]
    assert [answer.headers["Location"] for answer in found] == ["/admin/login/"] * 2


def test_a_sign_in_leads_to_no_foreign_page(clock: Traveller, client: Client) -> None:
    _, key, _ = person_with_factor()
    client.post("/admin/login/?next=https://example.org/", {"username": "ada", "password": PASSWORD})
    clock.shift(30)
    assert give_code(client, app_code(key)).headers["Location"] == "/admin/"


def test_the_session_has_another_key_after_each_step(ada: Ada, client: Client) -> None:
    before = client.cookies["sessionid"].value
    give_code(client, app_code(ada.key))
    assert client.cookies["sessionid"].value != before


def test_a_factor_that_is_taken_away_ends_every_session(clock: Traveller, ada: Ada) -> None:
    browsers = [Client(), Client()]
    for browser in browsers:
        clock.shift(30)
        give_password(browser)
        give_code(browser, app_code(ada.key))
    assert [opens(browser) for browser in browsers] == [EVERYTHING] * 2
    remove_factor(user=ada.user, actor=None)
    assert [opens(browser) for browser in browsers] == [NOTHING] * 2


@pytest.mark.parametrize("path", ["login/", "login/code/", "second-factor/", "second-factor/set-up/"])
def test_the_pages_say_what_works_and_send_strangers_to_sign_in(client: Client, path: str) -> None:
    told = client.options(f"/admin/{path}")
    assert (told.status_code, told.headers["Allow"]) == (200, "GET, HEAD, OPTIONS, POST")
    assert client.delete(f"/admin/{path}").status_code == 405
    page = client.get(f"/admin/{path}", follow=True)
    assert (page.status_code, 'name="password"' in page.content.decode()) == (200, True)
