"""Who is calling."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from knox.crypto import hash_token
from rest_framework.test import APIClient

from config.common.accounts.models import ApiToken
from config.common.accounts.services.tokens import issue_token
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def status_with(header: str) -> int:
    """The status of a request to a public URL: a bad token is 401 there too."""
    return APIClient().get("/schema", HTTP_AUTHORIZATION=header).status_code


@pytest.mark.parametrize("path", ["/imports", "/", "/schema", "/docs", "/redoc"])
@pytest.mark.parametrize(
    "key", ["", "wrong", "\xff\xfe", "a" * 64, "a b", "'; DROP TABLE", "\u043a", "x" * 5000, "%00"]
)
def test_a_bad_token_is_always_401(path: str, key: str) -> None:
    answer = APIClient().get(path, HTTP_AUTHORIZATION=f"Token {key}".encode().decode("latin-1"))
    assert problem(answer)["detail"] == "The token is unknown, expired or revoked."
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Token")


def test_another_scheme_is_nobody() -> None:
    answer = APIClient().get("/imports", HTTP_AUTHORIZATION="Basic cm9vdDpyb290")
    assert problem(answer)["detail"] == "Authentication credentials were not provided."


def test_the_scheme_is_read_in_any_case() -> None:
    _, key = issue_token(username="ada")
    assert [status_with(f"{scheme} {key}") for scheme in ("Token", "token", "TOKEN", "Token ")] == [200] * 4


def test_an_expired_token_a_revoked_one_and_that_of_a_user_who_is_switched_off_are_401() -> None:
    with time_machine.travel(NOW, tick=False):
        expired = issue_token(username="ada", life=timedelta(days=1))[1]
        assert status_with(f"Token {expired}") == 200
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert status_with(f"Token {expired}") == 401
    row, revoked = issue_token(username="ben")
    row.delete()
    _, inactive = issue_token(username="eve")
    User.objects.filter(username="eve").update(is_active=False)
    assert [status_with(f"Token {key}") for key in (revoked, inactive)] == [401, 401]
    # Nothing is cleared away while it is read.
    assert ApiToken.objects.count() == 2


def test_only_the_hash_of_a_key_is_stored() -> None:
    row, key = issue_token(username="ada")
    stored = ApiToken.objects.filter(pk=row.pk).values().get()
    assert stored["digest"] == hash_token(key)
    assert [name for name, value in stored.items() if key in str(value)] == []


def test_the_last_use_is_written_at_most_once_a_minute() -> None:
    row, key = issue_token(username="ada", life=timedelta(days=36_000))
    uses = []
    for seconds in (0, 1, 59, 60, 61, 119, 122):
        with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
            assert status_with(f"Token {key}") == 200
        row.refresh_from_db()
        assert row.last_used_at is not None
        uses.append((row.last_used_at - NOW).total_seconds())
    assert uses == [0, 0, 0, 0, 61, 61, 122]


def test_a_session_reads_and_needs_the_csrf_token_to_write(superuser: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(superuser)
    answer = client.post("/imports", b"{}", content_type="application/json")
    assert client.get("/imports").status_code == 200
    assert problem(answer)["detail"].startswith("CSRF Failed")
    assert answer.status_code == 403


def test_a_session_with_the_csrf_token_writes(superuser: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(superuser)
    client.get("/admin/auth/user/add/")
    token = client.cookies["csrftoken"].value
    answer = client.post(
        "/imports", b'{"citizens": []}', content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 201


def test_a_session_of_a_user_who_is_switched_off_is_nobody(superuser: User) -> None:
    client = Client()
    client.force_login(superuser)
    User.objects.update(is_active=False)
    assert client.get("/imports").status_code == 401


@pytest.mark.parametrize("cookie", [r'"\000aaaaaaaaaa"', "x", "\xff" * 20, "a" * 5000, r'"\303\251aaaaaaaa"'])
def test_a_session_cookie_that_cannot_be_one_is_nobody(cookie: str) -> None:
    client = APIClient(raise_request_exception=False)
    answers = [client.get(path, HTTP_COOKIE=f"sessionid={cookie}") for path in ("/imports", "/admin/")]
    assert [answer.status_code for answer in answers] == [401, 302]
