"""Setting a second factor up and taking it off."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from time_machine import Traveller

from config.common.accounts.services.second_factor import factor_id
from config.common.accounts.services.tokens import issue_token
from tests.common.accounts.sign_in.steps import (
    EVERYTHING,
    NOTHING,
    PASSWORD,
    app_code,
    give_code,
    give_password,
    opens,
    person_with_factor,
    shown_codes,
    shown_secret,
)

pytestmark = pytest.mark.django_db
SET_UP, OWN = "/admin/second-factor/set-up/", "/admin/second-factor/"


@pytest.fixture
def required(settings: Any) -> None:
    """As in production."""
    settings.SECOND_FACTOR = "required"


def set_up(browser: Client) -> tuple[str, Any]:
    """The key that was shown, and the answer to its code."""
    key = shown_secret(browser.get(SET_UP).content.decode())
    return key, browser.post(SET_UP, {"code": app_code(key)})


def signed_in_with_factor(clock: Traveller) -> tuple[Client, User, str]:
    """A browser, whose it is, and the key in the app; its last code is used."""
    user, key, _ = person_with_factor()
    browser = Client()
    give_password(browser)
    clock.shift(30)
    give_code(browser, app_code(key))
    clock.shift(30)
    return browser, user, key


def test_who_has_none_signs_in_with_the_password_where_it_is_optional(client: Client, superuser: User) -> None:
    give_password(client, "root")
    assert opens(client) == EVERYTHING


def test_where_it_is_required_the_password_leads_to_the_set_up_and_to_nothing_else(
    required: None, client: Client, superuser: User
) -> None:
    answer = give_password(client, "root")
    assert (answer.headers["Location"], opens(client)) == (SET_UP, NOTHING)
    assert client.get(OWN).status_code == 302


def test_the_set_up_signs_in_and_shows_recovery_codes_once(
    required: None, clock: Traveller, client: Client, superuser: User
) -> None:
    give_password(client, "root")
    _, answer = set_up(client)
    codes = shown_codes(answer.content.decode())
    pages = [client.get(page).content.decode() for page in (OWN, "/admin/")]
    assert (len(set(codes)), opens(client)) == (10, EVERYTHING)
    assert [page for page in pages if codes[0] in page] == []
    assert ("no-store" in answer.headers["Cache-Control"], "10 recovery codes left" in pages[0]) == (True, True)


def test_a_session_from_before_it_was_required_is_nobodys(client: Client, superuser: User, settings: Any) -> None:
    give_password(client, "root")
    settings.SECOND_FACTOR = "required"
    assert opens(client) == NOTHING


def test_tokens_need_no_second_factor(required: None, client: Client) -> None:
    _, key = issue_token(username="ada", role="Viewers")
    assert client.get("/imports", HTTP_AUTHORIZATION=f"Token {key}").status_code == 200


@pytest.mark.parametrize("code", ["000000", "", "12345", "aaaa-bbbb-cccc-dddd"])
def test_a_wrong_code_sets_nothing_up(clock: Traveller, client: Client, superuser: User, code: str) -> None:
    give_password(client, "root")
    shown = shown_secret(client.get(SET_UP).content.decode())
    answer = client.post(SET_UP, {"code": code})
    assert (factor_id(superuser), shown_secret(answer.content.decode()) == shown) == (None, True)


def test_each_session_is_shown_a_secret_of_its_own(superuser: User) -> None:
    secrets = set()
    for _ in range(2):
        browser = Client()
        give_password(browser, "root")
        secrets.add(shown_secret(browser.get(SET_UP).content.decode()))
    assert len(secrets) == 2


def test_setting_it_up_ends_the_other_sessions(clock: Traveller, client: Client, superuser: User) -> None:
    other = Client()
    for browser in (client, other):
        give_password(browser, "root")
    set_up(client)
    assert (opens(client), opens(other)) == (EVERYTHING, NOTHING)


def test_there_is_one_factor_and_no_second_set_up(clock: Traveller) -> None:
    browser, _, _ = signed_in_with_factor(clock)
    found = [browser.get(SET_UP), browser.post(SET_UP, {"code": "000000"})]
    assert [answer.headers["Location"] for answer in found] == [OWN] * 2


def test_a_password_alone_cannot_set_up_another_factor(clock: Traveller, client: Client) -> None:
    person_with_factor()
    give_password(client)
    found = [client.get(SET_UP), client.post(SET_UP, {"code": "000000"})]
    assert [answer.headers["Location"] for answer in found] == ["/admin/login/code/"] * 2


def test_taking_it_off_wants_a_code_and_ends_the_other_sessions(clock: Traveller) -> None:
    browser, user, key = signed_in_with_factor(clock)
    other = Client()
    give_password(other)
    give_code(other, app_code(key))
    clock.shift(30)
    wrong = browser.post(OWN, {"do": "remove", "code": "000000"})
    clock.shift(30)
    still = factor_id(User.objects.get(pk=user.pk)) is not None
    right = browser.post(OWN, {"do": "remove", "code": app_code(key)})
    assert (wrong.status_code, still, right.status_code) == (200, True, 302)
    assert (opens(browser), opens(other)) == (EVERYTHING, NOTHING)


def test_new_recovery_codes_replace_the_old_ones(clock: Traveller) -> None:
    _, key, old = person_with_factor()
    browser = Client()
    give_password(browser)
    give_code(browser, old[0])
    clock.shift(30)
    new = shown_codes(browser.post(OWN, {"do": "renew", "code": app_code(key)}).content.decode())
    found = []
    for code in (old[1], new[0]):
        give_password(browser)
        clock.shift(5)
        found.append(give_code(browser, code).status_code)
    assert (len(new), found) == (10, [200, 302])


def test_a_code_without_a_wish_changes_nothing(clock: Traveller) -> None:
    browser, user, key = signed_in_with_factor(clock)
    browser.post(OWN, {"do": "explode", "code": app_code(key)})
    assert factor_id(User.objects.get(pk=user.pk)) is not None


def test_the_command_is_a_way_back_in(required: None, clock: Traveller, client: Client) -> None:
    person_with_factor()
    call_command("reset_second_factor", "ada")
    assert give_password(client).headers["Location"] == SET_UP
    with pytest.raises(CommandError, match="There is no user nobody"):
        call_command("reset_second_factor", "nobody")


def test_a_sign_in_leaves_lines_without_secrets(
    clock: Traveller, client: Client, superuser: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    give_password(client, "root", password="wrong password")
    give_password(client, "root")
    key, answer = set_up(client)
    give_password(client, "root")
    clock.shift(30)
    give_code(client, "000000")
    clock.shift(30)
    give_code(client, app_code(key))
    lines = caplog.text
    events = ("sign_in_failed", "second_factor_enrolled", "recovery_codes_made", "signed_in")
    assert [event for event in events if event not in lines] == []
    secrets = ("wrong password", PASSWORD, key, app_code(key), *shown_codes(answer.content.decode()))
    assert [secret for secret in secrets if secret in lines] == []
