"""What a stranger sends to a page is refused by its head alone; the forms of the sign-in are small."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.common.accounts.sign_in.steps import PASSWORD
from tests.raw_http import Answered, RawClient
from tests.server import Server

pytestmark = pytest.mark.django_db
LIMIT = 16 * 1024
SMALL_FORMS = [
    "/admin/login/",
    "/admin/login/code/",
    "/admin/password/forgotten/",
    "/admin/password/set/x/x/",
    "/admin/second-factor/",
    "/admin/second-factor/set-up/",
]
PAGES = [
    "/admin/",
    "/admin/password_change/",
    "/admin/auth/user/add/",
    "/admin/imports/import/upload/",
    "/admin/airports/airport/upload/",
    "/silk/cleardb/",
    "/analytics/",
    "/confirm/nothing",
]
KINDS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json"]
LENGTHS = ["Content-Length: 1000000", "Transfer-Encoding: chunked"]


def head_alone(server: Server, path: str, kind: str, length: str) -> Answered:
    """The answer to a head whose body never comes."""
    # With the cookie Django looks for its CSRF token in the form.
    cookie = f"Cookie: csrftoken={'a' * 32}; sessionid={'b' * 32}"
    client = RawClient(server, f"POST {path}", cookie, f"Content-Type: {kind}", length, "Accept: text/html")
    answer = client.answer()
    client.close()
    return answer


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_stranger_is_sent_to_sign_in_before_the_body_comes(server: Server, kind: str, length: str) -> None:
    found = {path: head_alone(server, path, kind, length).status for path in PAGES}
    assert found == dict.fromkeys(PAGES, 302)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("length", "status"), [(LENGTHS[0], 413), (LENGTHS[1], 403)])
@pytest.mark.parametrize("kind", KINDS[:2])
def test_a_large_form_of_the_sign_in_is_refused_before_it_comes(
    server: Server, kind: str, length: str, status: int
) -> None:
    answers = {path: head_alone(server, path, kind, length) for path in SMALL_FORMS}
    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(SMALL_FORMS, status)
    assert [path for path, answer in answers.items() if b"<html" not in answer.body] == []


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 302), (LIMIT + 1, 413)])
def test_a_form_of_the_sign_in_has_up_to_16_kib(superuser: User, size: int, status: int) -> None:
    start = f"username=root&password={PASSWORD}&more=".replace(" ", "+")
    form: Any = start + "x" * (size - len(start))
    answer = Client().post("/admin/login/", form, content_type=KINDS[0])
    assert answer.status_code == status


def test_whoever_has_signed_in_sends_more_to_the_other_pages(superuser: User) -> None:
    browser = Client()
    browser.force_login(superuser)
    name = "x" * 500_000
    answer = browser.post("/admin/airports/airport/add/", {"name": name})
    assert (answer.status_code, name in answer.content.decode()) == (200, True)


def test_signing_out_twice_leads_to_the_sign_in_and_not_back() -> None:
    answer = Client().post("/admin/logout/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/login/?next=/admin/")
