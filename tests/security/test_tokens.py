"""A token is compared by its hash: how far a guess is right changes neither the answer nor what is asked."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.crypto import hash_token
from rest_framework.test import APIClient

from config.common.accounts.services.tokens import issue_token
from tests.common.accounts.sign_in.steps import PASSWORD, give_code, person_with_factor

pytestmark = pytest.mark.django_db
FOREIGN = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example"]


def asked(key: str) -> tuple[int, list[str]]:
    """The status for `key`, and the statements that led to it."""
    with CaptureQueriesContext(connection) as queries:
        status = APIClient().get("/schema", HTTP_AUTHORIZATION=f"Token {key}").status_code
    return status, [query["sql"] for query in queries]


def test_the_database_sees_the_hash_alone() -> None:
    key = issue_token(username="ada")[1]
    status, statements = asked(key)
    assert (status, hash_token(key) in statements[0]) == (200, True)
    assert [one for one in statements if key in one or key[:8] in one] == []


def test_a_guess_that_is_nearly_right_is_as_wrong_as_any() -> None:
    key = issue_token(username="ada")[1]
    first, last = ("1" if digit == "0" else "0" for digit in (key[0], key[-1]))
    guesses = [key[:-1] + last, first + key[1:], key[:8] + "0" * (len(key) - 8), key[:-1], key + "0", "f" * len(key)]
    found = [asked(guess) for guess in guesses]
    assert [status for status, _ in found] == [401] * len(guesses)
    # The same statement, but for the hash and the moment; and the hash of a near miss is as far away as any.
    shapes = {re.sub(r"'[^']*'", "?", "".join(statements)) for _, statements in found}
    assert len(shapes) == 1
    assert len({hash_token(guess)[:8] for guess in [key, *guesses]}) == len(guesses) + 1


@pytest.mark.parametrize("target", FOREIGN)
def test_the_second_step_and_signing_out_lead_to_no_foreign_page(target: str) -> None:
    _, _, recovery = person_with_factor()
    browser = Client()
    form = {"username": "ada", "password": PASSWORD, "next": target}
    assert browser.post("/admin/login/", form, QUERY_STRING=f"next={target}").status_code == 302
    answer = give_code(browser, recovery[0], QUERY_STRING=f"next={target}", HTTP_REFERER=target)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    out = browser.post(f"/admin/logout/?next={target}", {"next": target}, HTTP_REFERER=target)
    assert "evil" not in out.headers.get("Location", "")


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/login/", "/analytics/", "/imports", "/schema", "/docs", "/nowhere"]
)
def test_no_page_is_shown_in_a_frame_or_read_as_another_type(path: str, superuser: User) -> None:
    client = Client()
    client.force_login(superuser)
    headers = client.get(path).headers
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
