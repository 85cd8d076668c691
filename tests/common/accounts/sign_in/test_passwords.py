"""Links by mail: an invitation, and for whoever forgot a password."""

import re
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core import mail
from django.test import Client, RequestFactory

from config.common.accounts.services import password_links
from config.common.accounts.services.password_links import send_link
from config.common.accounts.services.tokens import issue_token
from config.common.accounts.sign_in import tries
from config.common.observe.middleware import LogMiddleware
from tests.common.accounts.sign_in.steps import NOTHING, PASSWORD, app_code, give_code, give_password, opens
from tests.common.accounts.sign_in.steps import person_with_factor as person

pytestmark = pytest.mark.django_db
FORGOTTEN = "/admin/password/forgotten/"
NEW = "another long password"
Messages = list[dict[str, Any]]


def link() -> str:
    """The path in the last mail."""
    found = re.search(r"http://testserver(/admin/password/set/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def ask(client: Client, email: str) -> Any:
    """The answer to a forgotten password."""
    return client.post(FORGOTTEN, {"email": email}, follow=True)


def choose(client: Client, path: str, password: str = NEW) -> Any:
    """Opens a link and sends its form, if there is one."""
    page = client.get(path, follow=True)
    sent = {"new_password1": password, "new_password2": password}
    return client.post(page.request["PATH_INFO"], sent, follow=True)


@pytest.fixture
def ada() -> User:
    """Somebody with an address and a password."""
    return User.objects.create_superuser("ada", "ada@example.org", PASSWORD)


@pytest.fixture
def managers_browser() -> Client:
    """In which a manager has signed in."""
    issue_token(username="mia", role="Managers")
    client = Client()
    client.force_login(User.objects.get(username="mia"))
    return client


def invite(browser: Client, **more: Any) -> Any:
    """The list of users after the form."""
    role = Group.objects.get(name="Importers").pk
    form = {"username": "ivo", "email": "ivo@example.org", "groups": [role], **more}
    return browser.post("/admin/auth/user/add/", form, follow=True)


@pytest.mark.django_db(transaction=True)
def test_who_is_invited_chooses_a_password_and_signs_in(managers_browser: Client, worker: Messages) -> None:
    page = invite(managers_browser).content.decode()
    ivo = User.objects.get(username="ivo")
    assert (ivo.has_usable_password(), ivo.is_staff, "1 mail is on the way" in page) == (False, True, True)
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (["ivo@example.org"], "You are invited to Demanda")
    assert "within 3 days" in mail.outbox[0].body
    # No address travels in a message.
    assert worker == [{"user_id": ivo.pk, "site": "http://testserver", "occasion": "invitation", "language": "en"}]
    browser = Client()
    assert "Your password is set" in choose(browser, link()).content.decode()
    assert opens(browser) == NOTHING
    assert give_password(browser, "ivo", NEW).status_code == 302
    assert browser.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_program_is_made_without_an_address_and_nothing_is_mailed(managers_browser: Client, worker: Messages) -> None:
    page = invite(managers_browser, email="").content.decode()
    assert ("make an API token" in page, worker, mail.outbox) == (True, [], [])


@pytest.mark.django_db(transaction=True)
def test_while_no_message_can_be_sent_the_manager_hears_of_it(
    managers_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(password_links, "publish", lambda *_, **__: False)
    page = invite(managers_browser).content.decode()
    assert ("could not be handed on" in page, User.objects.filter(username="ivo").exists()) == (True, True)


@pytest.mark.parametrize(
    "wrong", [{"groups": []}, {"email": "no address"}, {"username": "MIA"}, {"username": "a b"}, {"username": ""}]
)
def test_a_wrong_form_makes_nobody_and_mails_nothing(
    managers_browser: Client, worker: Messages, wrong: dict[str, Any]
) -> None:
    answer = invite(managers_browser, **wrong)
    assert (answer.status_code, User.objects.count(), worker) == (200, 1, [])


def test_the_form_says_in_words_what_each_role_may(managers_browser: Client) -> None:
    html = managers_browser.get("/admin/auth/user/add/").content.decode()
    words = " ".join(re.sub("<[^>]*>", " ", html).split())
    duties = "see which messages of Kafka were not taken; share saved views; make, change and upload airports"
    assert f"Editors: all that Viewers may; {duties}" in words
    assert ("user_permissions" in html, "password1" in html) == (False, False)


@pytest.mark.django_db(transaction=True)
def test_a_manager_mails_links_anew_but_not_to_superusers_nor_to_who_is_off(
    managers_browser: Client, worker: Messages, ada: User
) -> None:
    invited = User.objects.create_user("ivo", "ivo@example.org")
    off = User.objects.create_user("off", "off@example.org", is_active=False)
    everybody = [invited.pk, off.pk, ada.pk]
    action = {"action": "mail_link", "_selected_action": everybody}
    page = managers_browser.post("/admin/auth/user/", action, follow=True).content.decode()
    assert [one.to for one in mail.outbox] == [["ivo@example.org"]]
    assert ["1 mail is on the way" in page, "1 left alone" in page] == [True, True]


def test_a_forgotten_password_is_replaced_once(ada: User, worker: Messages) -> None:
    browser, other = Client(), Client()
    give_password(other)
    assert "Forgot your password?" in browser.get("/admin/login/").content.decode()
    ask(browser, "ADA@example.org")
    path = link()
    choose(browser, path)
    ada.refresh_from_db()
    assert (ada.check_password(NEW), opens(browser), opens(other)) == (True, NOTHING, NOTHING)
    # Neither again nor by anybody who reads the mail later.
    assert "This link does not work" in choose(Client(), path, "a third long password").content.decode()
    ada.refresh_from_db()
    assert ada.check_password(NEW)


def test_nobody_can_tell_whether_there_is_an_account(ada: User, worker: Messages) -> None:
    User.objects.create_user("program", "program@example.org")
    User.objects.create_user("off", "off@example.org", PASSWORD, is_active=False)
    pages = []
    for name in ("ada", "nobody", "program", "off"):
        page = ask(Client(), f"{name}@example.org")
        pages.append((page.redirect_chain, re.sub(r'(nonce|value|token)="[^"]*"', "", page.content.decode())))
    assert all(page == pages[0] for page in pages)
    # As many messages, so as long a wait.
    assert [one["user_id"] for one in worker] == [ada.pk, 0, 0, 0]
    assert [one.to for one in mail.outbox] == [["ada@example.org"]]


def test_a_link_signs_nobody_in_past_the_second_factor(worker: Messages, clock: time_machine.Traveller) -> None:
    user, key, _ = person()
    User.objects.update(email="ada@example.org")
    browser = Client()
    ask(browser, "ada@example.org")
    choose(browser, link())
    assert opens(browser) == NOTHING
    assert give_password(browser, user.username, NEW).headers["Location"] == "/admin/login/code/"
    assert opens(browser) == NOTHING
    clock.shift(30)
    assert give_code(browser, app_code(key)).status_code == 302
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("hours", [72, 1])
def test_a_link_is_good_for_as_long_as_the_setting_says(ada: User, worker: Messages, settings: Any, hours: int) -> None:
    settings.PASSWORD_RESET_TIMEOUT = hours * 3600
    found = []
    with time_machine.travel("2026-03-01T12:00Z", tick=False) as clock:
        ask(Client(), "ada@example.org")
        for seconds in (hours * 3600, 1):
            clock.shift(seconds)
            found.append("This link does not work" in Client().get(link(), follow=True).content.decode())
    assert found == [False, True]
    assert ("3 days" if hours == 72 else "1 hour") in mail.outbox[0].body


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "new@example.org"}, {"password": "!"}])
def test_a_link_ends_with_what_it_was_made_for(ada: User, worker: Messages, change: dict[str, Any]) -> None:
    ask(Client(), "ada@example.org")
    User.objects.update(**change)
    assert "This link does not work" in Client().get(link(), follow=True).content.decode()


@pytest.mark.parametrize("path", ["MQ/x", "x/x", "AA/set-password", f"{'9' * 40}/1", "MQ/set-password", "%00/%00"])
def test_a_link_that_is_none_says_so(ada: User, path: str) -> None:
    answer = Client().get(f"/admin/password/set/{path}/")
    assert (answer.status_code, "This link does not work" in answer.content.decode()) == (200, True)


def test_a_weak_password_is_refused_by_the_form(ada: User, worker: Messages) -> None:
    ask(Client(), "ada@example.org")
    answer = choose(Client(), link(), "ada")
    ada.refresh_from_db()
    assert ("too short" in answer.content.decode(), ada.check_password(PASSWORD)) == (True, True)


def test_an_account_gets_a_link_once_in_a_while_and_a_retry_is_none(
    ada: User, worker: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        ask(Client(), "ada@example.org")
    asked: Any = {"user_id": ada.pk, "site": "http://testserver", "occasion": "forgotten", "language": "en"}
    assert (len(mail.outbox), send_link(**asked), send_link(**asked, is_retry=True)) == (1, False, True)
    asked_of: list[tuple[str, float]] = []
    monkeypatch.setattr(password_links, "once_every", lambda name, *, seconds: asked_of.append((name, seconds)))
    send_link(**asked)
    assert asked_of == [(f"password-link:{ada.pk}", 300)]


def test_an_address_asks_for_no_more_links_than_it_may_fail(worker: Messages, settings: Any) -> None:
    settings.SIGN_IN_FAILURES_PER_MINUTE = 3
    # The shared counter knows this address from other tests.
    with pytest.MonkeyPatch.context() as patch:
        seen: list[int] = []

        def failures(network: str, *, more: int = 0) -> int:
            seen.append(more)
            return sum(seen)

        patch.setattr(tries, "_failures", failures)
        codes = [Client().post(FORGOTTEN, {"email": f"{number}@example.org"}).status_code for number in range(5)]
    assert (codes, len(worker)) == ([302, 302, 302, 429, 429], 3)


def test_while_no_message_can_be_sent_whoever_forgot_hears_of_it(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_links, "publish", lambda *_, **__: False)
    answers = [Client().post(FORGOTTEN, {"email": f"{name}@example.org"}) for name in ("ada", "nobody")]
    assert [answer.status_code for answer in answers] == [503, 503]


def test_the_site_of_a_link_is_one_of_ours(ada: User, worker: Messages) -> None:
    answer = Client().post(FORGOTTEN, {"email": "ada@example.org"}, headers={"Host": "evil.example"})
    assert (answer.status_code, mail.outbox) == (400, [])


def test_no_log_line_holds_a_link() -> None:
    line = LogMiddleware.format_request(RequestFactory().get("/admin/password/set/MQ/abc-def/"))
    assert line == "GET /admin/password/set/***"
