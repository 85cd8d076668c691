"""Signing in with a password and a code."""

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from time_machine import Traveller

from config.common.accounts.services.second_factor import remove_factor
from tests.common.accounts.sign_in.steps import (
    PASSWORD,
    app_code,
    forgive,
    give_code,
    give_password,
    opens,
    person_with_factor,
)

pytestmark = pytest.mark.django_db
NOTHING = [401, 302, 302, 302]
EVERYTHING = [200] * 4


def test_the_password_alone_opens_nothing(clock: Traveller, client: Client) -> None:
    person_with_factor()
    answer = give_password(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/login/code/")
    assert opens(client) == NOTHING


def test_the_code_opens_what_was_asked_for(clock: Traveller, client: Client) -> None:
    _, key, _ = person_with_factor()
    give_password(client)
    clock.shift(30)
    answer = give_code(client, app_code(key))
    assert (answer.status_code, answer.headers["Location"], opens(client)) == (
        302, "/admin/auth/user/", EVERYTHING,
    )  # fmt: skip


def test_a_code_with_spaces_is_that_code(clock: Traveller, client: Client) -> None:
    _, key, _ = person_with_factor()
    give_password(client)
    clock.shift(30)
    code = app_code(key)
    assert give_code(client, f" {code[:3]} {code[3:]} ").status_code == 302


@pytest.mark.parametrize("code", ["000000", "", "x" * 65, "x\0", "１２３４５６", "+12345", "\ud800", "1" * 60])
def test_a_wrong_code_opens_nothing(clock: Traveller, client: Client, code: str) -> None:
    person_with_factor()
    give_password(client)
    clock.shift(30)
    answer = give_code(client, code.encode("utf-8", "replace").decode())
    assert (answer.status_code, opens(client)) == (200, NOTHING)


def test_a_code_opens_once(clock: Traveller) -> None:
    _, key, _ = person_with_factor()
    clock.shift(30)
    found = []
    for _ in range(2):
        browser = Client()
        give_password(browser)
        found.append(give_code(browser, app_code(key)).status_code)
    assert found == [302, 200]


def test_the_code_that_switched_the_factor_on_opens_nothing(clock: Traveller, client: Client) -> None:
    _, key, _ = person_with_factor()
    give_password(client)
    assert give_code(client, app_code(key)).status_code == 200


def test_a_recovery_code_opens_once_however_it_is_typed(clock: Traveller) -> None:
    user, _, codes = person_with_factor()
    found = []
    for typed in (codes[0].upper(), codes[0], codes[1].replace("-", " ")):
        browser = Client()
        give_password(browser)
        clock.shift(5)
        found.append((give_code(browser, typed).status_code, opens(browser)))
    assert found == [(302, EVERYTHING), (200, NOTHING), (302, EVERYTHING)]
    assert StaticToken.objects.filter(device__user=user).count() == 8


def test_recovery_codes_cannot_be_read_in_the_database(clock: Traveller) -> None:
    _, _, codes = person_with_factor()
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert (len(stored), stored & {code.replace("-", "") for code in codes}) == (10, set())


def test_what_the_database_holds_is_no_recovery_code(clock: Traveller, client: Client) -> None:
    person_with_factor()
    give_password(client)
    assert give_code(client, StaticToken.objects.values_list("token", flat=True)[0]).status_code == 200


def test_another_ones_code_is_wrong(clock: Traveller, client: Client) -> None:
    person_with_factor()
    _, key, codes = person_with_factor("ben")
    give_password(client)
    clock.shift(30)
    assert [give_code(client, code).status_code for code in (app_code(key), codes[0])] == [200, 200]


def test_after_a_wrong_code_the_next_waits_and_the_right_one_too(clock: Traveller, client: Client) -> None:
    _, key, _ = person_with_factor()
    give_password(client)
    clock.shift(30)
    give_code(client, "000000")
    early = give_code(client, app_code(key))
    clock.shift(2)
    late = give_code(client, app_code(key))
    assert ("looked at in 1 second." in early.content.decode(), early.status_code, late.status_code) == (True, 200, 302)


def test_ten_wrong_codes_lock_as_wrong_passwords_do(clock: Traveller, client: Client) -> None:
    user, key, _ = person_with_factor()
    give_password(client)
    clock.shift(30)
    codes = []
    for _ in range(10):
        forgive(user)
        codes.append(give_code(client, "000000").status_code)
    forgive(user)
    after = [give_code(client, app_code(key)).status_code, give_password(client).status_code]
    assert (codes, after) == ([200] * 9 + [429], [429, 429])
    assert [attempt for attempt in AccessAttempt.objects.all() if "000000" in f"{attempt.post_data}"] == []


def test_passwords_and_codes_are_counted_together(clock: Traveller, client: Client) -> None:
    user, key, _ = person_with_factor()
    for _ in range(5):
        give_password(Client(), password="wrong")
    give_password(client)
    clock.shift(30)
    for _ in range(5):
        forgive(user)
        last = give_code(client, "000000")
    forgive(user)
    assert (last.status_code, give_code(client, app_code(key)).status_code) == (429, 429)


def test_the_right_password_does_not_end_the_count(clock: Traveller, client: Client) -> None:
    person_with_factor()
    for _ in range(9):
        give_password(client, password="wrong")
    give_password(client)
    give_password(client, password="wrong")
    assert give_password(client).status_code == 429


def test_a_sign_in_waits_ten_minutes_for_its_code(clock: Traveller, client: Client) -> None:
    _, key, _ = person_with_factor()
    give_password(client)
    clock.shift(601)
    answer = give_code(client, app_code(key))
    assert (answer.headers["Location"], opens(client)) == ("/admin/login/", NOTHING)


def test_a_password_that_changed_meanwhile_ends_the_waiting(clock: Traveller, client: Client) -> None:
    user, key, _ = person_with_factor()
    give_password(client)
    user.set_password("another long password")
    user.save()
    clock.shift(30)
    assert give_code(client, app_code(key)).headers["Location"] == "/admin/login/"


def test_who_was_switched_off_meanwhile_does_not_get_in(clock: Traveller, client: Client) -> None:
    _, key, _ = person_with_factor()
    give_password(client)
    User.objects.update(is_active=False)
    clock.shift(30)
    assert give_code(client, app_code(key)).headers["Location"] == "/admin/login/"


def test_the_code_page_is_for_those_who_gave_their_password(client: Client) -> None:
    found = [client.get("/admin/login/code/"), give_code(client, "000000")]
    assert [answer.headers["Location"] for answer in found] == ["/admin/login/"] * 2


def test_a_sign_in_leads_to_no_foreign_page(clock: Traveller, client: Client) -> None:
    _, key, _ = person_with_factor()
    client.post("/admin/login/?next=https://example.org/", {"username": "ada", "password": PASSWORD})
    clock.shift(30)
    assert give_code(client, app_code(key)).headers["Location"] == "/admin/"


def test_the_session_has_another_key_after_each_step(clock: Traveller, client: Client) -> None:
    _, key, _ = person_with_factor()
    keys = []
    give_password(client)
    keys.append(client.cookies["sessionid"].value)
    clock.shift(30)
    give_code(client, app_code(key))
    keys.append(client.cookies["sessionid"].value)
    assert len(set(keys)) == 2


def test_a_factor_that_is_taken_away_ends_every_session(clock: Traveller) -> None:
    user, key, _ = person_with_factor()
    browsers = [Client(), Client()]
    for browser in browsers:
        clock.shift(30)
        give_password(browser)
        give_code(browser, app_code(key))
    assert [opens(browser) for browser in browsers] == [EVERYTHING] * 2
    remove_factor(user=user, actor=None)
    assert [opens(browser) for browser in browsers] == [NOTHING] * 2


@pytest.mark.parametrize("path", ["login/", "login/code/", "second-factor/", "second-factor/set-up/"])
def test_the_pages_say_what_works_and_send_strangers_to_sign_in(client: Client, path: str) -> None:
    told = client.options(f"/admin/{path}")
    assert (told.status_code, told.headers["Allow"]) == (200, "GET, HEAD, OPTIONS, POST")
    assert client.delete(f"/admin/{path}").status_code == 405
    page = client.get(f"/admin/{path}", follow=True)
    assert (page.status_code, 'name="password"' in page.content.decode()) == (200, True)
