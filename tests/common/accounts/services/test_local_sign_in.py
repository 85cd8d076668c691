"""The sign-in of `make run`."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from config.common.accounts.models import ApiToken
from config.common.accounts.services.local_sign_in import local_sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where it is kept; the folder is not there yet."""
    return tmp_path / "data" / "sign-in.json"


def test_it_is_made_once_and_works(path: Path) -> None:
    made = local_sign_in(path)
    assert local_sign_in(path) == made
    assert (User.objects.count(), ApiToken.objects.count()) == (2, 1)
    admin = User.objects.get(username="admin")
    assert (admin.is_superuser, admin.check_password(made.password), len(made.password) >= 16) == (True, True, True)
    client = APIClient()
    answer = client.post("/imports", {"citizens": []}, headers={"Authorization": f"Token {made.token}"})
    assert answer.status_code == 201


def test_only_its_owner_may_read_it(path: Path) -> None:
    local_sign_in(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_password_that_somebody_changed_is_not_shown_and_not_changed_back(path: Path) -> None:
    made = local_sign_in(path)
    admin = User.objects.get(username="admin")
    admin.set_password("one of my own")
    admin.save()
    again = local_sign_in(path)
    assert (again.password, again.token) == ("", made.token)
    assert User.objects.get(username="admin").check_password("one of my own")


def test_a_token_that_was_revoked_is_made_anew(path: Path) -> None:
    made = local_sign_in(path)
    ApiToken.objects.all().delete()
    again = local_sign_in(path)
    assert (again.password, again.token != made.token, ApiToken.objects.count()) == (made.password, True, 1)


@pytest.mark.parametrize("content", ["", "nonsense", "[]", "null", '{"password": "x", "token": "y"}'])
def test_a_file_that_says_nothing_true_is_written_anew(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    made = local_sign_in(path)
    assert json.loads(path.read_text()) == {"username": "admin", "password": made.password, "token": made.token}
