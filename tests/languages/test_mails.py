"""Mails are written in the language of whoever gets them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail

from config.common.accounts.models import Preferences
from config.common.accounts.services import password_links
from config.common.accounts.services.password_links import send_link
from config.common.accounts.services.preferences import set_preferences
from tests.admin.models import person, signed_in
from tests.languages.marks import marking, unmarked

pytestmark = pytest.mark.django_db
DATA = (r"Ada", r"ada", r"Demanda", r"https://\S+")


@pytest.fixture
def ada() -> User:
    """Somebody with an address."""
    return User.objects.create_user("ada", "ada@example.org", first_name="Ada")


@pytest.mark.parametrize("occasion", ["invitation", "forgotten"])
@pytest.mark.parametrize("chosen", ["", "es"])
def test_every_word_of_a_mail_is_of_its_language(ada: User, occasion: Any, chosen: str) -> None:
    set_preferences(user=ada, language=chosen)
    with marking():
        send_link(user_id=ada.pk, site="https://demanda.example", occasion=occasion, language="ru" if chosen else "es")
    (sent,) = mail.outbox
    assert "⟦" in sent.subject
    assert unmarked([str(sent.subject), str(sent.body)], DATA) == []


def test_a_mail_asked_for_by_a_task_of_before_is_in_english(ada: User) -> None:
    with marking():
        send_link(user_id=ada.pk, site="https://demanda.example", occasion="invitation")
    assert mail.outbox[0].subject == "You are invited to Demanda"


def test_who_is_invited_reads_the_language_that_the_manager_chose(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    asked: list[dict[str, Any]] = []

    def publish(task: str, *, kwargs: dict[str, Any]) -> bool:
        asked.append(kwargs)
        return True

    monkeypatch.setattr(password_links, "publish", publish)
    browser = signed_in(person("M"))
    sent = {"username": "ida", "email": "ida@example.org", "groups": [Group.objects.get(name="Viewers").pk]}
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/admin/auth/user/add/", {**sent, "language": "ru"}, HTTP_ACCEPT_LANGUAGE="es")
        browser.post("/admin/auth/user/add/", {**sent, "username": "eva"}, HTTP_ACCEPT_LANGUAGE="es")
    assert [one.language for one in Preferences.objects.all()] == ["ru"]
    assert [one["language"] for one in asked] == ["es", "es"]
