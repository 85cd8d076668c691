"""`issue_token`, `welcome`, `load_demo`."""

import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from config import env
from config.common.accounts.models import ApiToken
from imports.models import Citizen, Import

pytestmark = pytest.mark.django_db


def output(*arguments: str, **options: Any) -> str:
    """What a command prints."""
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_issue_token_prints_the_key_alone_and_makes_the_user() -> None:
    printed = output("issue_token", "ada", "--role", "Viewers", "--days", "2", "--label", "cron")
    assert re.fullmatch(r"[0-9a-f]{64}\n", printed)
    user, token = User.objects.get(), ApiToken.objects.get()
    assert (user.username, user.is_staff, user.is_superuser, user.has_usable_password()) == ("ada", True, False, False)
    assert (token.user, token.label, token.created_by) == (user, "cron", None)
    assert token.expiry is not None
    assert abs(token.expiry - token.created - timedelta(days=2)) < timedelta(seconds=1)
    assert APIClient().get("/imports", HTTP_AUTHORIZATION=f"Token {printed.strip()}").status_code == 200


def test_issue_token_adds_to_what_a_user_has() -> None:
    output("issue_token", "ada", "--role", "Viewers")
    output("issue_token", "ada", "--role", "Editors")
    output("issue_token", "ada")
    user = User.objects.get()
    roles = set(user.groups.values_list("name", flat=True))
    assert (roles, ApiToken.objects.filter(user=user).count()) == ({"Viewers", "Editors"}, 3)


@pytest.mark.parametrize("days", ["0", "-1", "36501", "9999999999"])
def test_issue_token_refuses_a_life_without_an_end_or_a_beginning(days: str) -> None:
    with pytest.raises(CommandError):
        output("issue_token", "ada", "--days", days)
    assert (User.objects.count(), ApiToken.objects.count()) == (0, 0)


def test_issue_token_refuses_a_role_that_there_is_not() -> None:
    with pytest.raises(CommandError, match="Kings"):
        output("issue_token", "ada", "--role", "Kings")
    assert User.objects.count() == 0


@pytest.mark.parametrize("name", ["", "a b", "x" * 151, "a\0b"])
def test_issue_token_refuses_a_name_that_none_can_be(name: str) -> None:
    with pytest.raises(CommandError):
        output("issue_token", name)
    assert User.objects.count() == 0


def test_issue_token_refuses_a_label_that_is_too_long() -> None:
    with pytest.raises(CommandError):
        output("issue_token", "ada", "--label", "x" * 101)
    assert User.objects.count() == 0


def test_issue_token_refuses_a_user_who_is_switched_off() -> None:
    User.objects.create_user("ada", is_active=False)
    with pytest.raises(CommandError, match="ada is switched off"):
        output("issue_token", "ada")


def test_the_demo_is_loaded_once_and_welcome_shows_a_request_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env, "DATA_DIR", tmp_path)
    assert output("load_demo", citizens=30).count("Demo: Delivery ") == 9
    counts = Import.objects.count(), Citizen.objects.count()
    first = output("welcome")
    assert (output("load_demo", citizens=30), output("welcome")) == ("", first)
    assert (Import.objects.count(), Citizen.objects.count()) == counts
    found = re.search(r"curl -s -H 'Authorization: (Token \S+)' http://[^/]+(/\S+)", first)
    assert found is not None
    answer = APIClient().get(found[2], HTTP_AUTHORIZATION=found[1])
    assert (answer.status_code, len(answer.json()["data"]) > 0) == (200, True)


def test_the_demo_does_not_come_back_when_its_imports_are_deleted() -> None:
    output("load_demo", citizens=30)
    Import.objects.update(deleted_at="2026-01-01T00:00Z")
    assert output("load_demo", citizens=30) == ""


def test_welcome_shows_the_list_while_there_is_no_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "DATA_DIR", tmp_path)
    assert re.search(r"http://\S+/imports\n", output("welcome"))
