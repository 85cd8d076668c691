"""The admin's table of pages is whole; nobody gets in without a sign-in, and nothing is done without the CSRF token."""

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import resolve

from imports.models import Import
from tests.airports.builders import make_airport
from tests.common import test_admin
from tests.common.helpers import one_import
from tests.security.admin_pages import BEFORE_SIGN_IN, PAGES, address, routes, routes_of_models
from tests.security.test_sessions import browser, stored

pytestmark = pytest.mark.django_db
LETTERS = "-VEIMS"
# The catch-all's: without its slash it is nowhere to send anything to.
NO_PAGE = "/admin/bogus"
person, signed_in, row, url = test_admin.person, test_admin.signed_in, test_admin.row, test_admin.url
# A page that takes no POST says so before it looks for the token.
REFUSED = {403, 405}


@pytest.fixture
def where() -> dict[str, Any]:
    """What the placeholders of the table stand for."""
    airport = make_airport("Seen").pk
    version = test_admin.HistoricalAirport.objects.get(id=airport).pk
    return {"airport": airport, "version": version, "id": one_import().pk, "user": User.objects.create_user("x").pk}


def test_no_page_of_the_admin_is_missing_from_the_table() -> None:
    numbers = dict.fromkeys(("airport", "version", "id", "user"), 1)
    known = {resolve(page.path.partition("?")[0].format_map(numbers)).route for page in PAGES}
    assert set(routes()) - known - routes_of_models(test_admin.PAGES) == set()


@pytest.mark.parametrize("letter", LETTERS)
def test_each_page_opens_for_whom_the_table_says(letter: str, where: dict[str, Any]) -> None:
    client = Client() if letter == "-" else signed_in(person(letter))
    found = {page: client.get(page.path.format_map(where)).status_code for page in PAGES}
    assert {page.path: code for page, code in found.items() if (code == 200) != (letter in page.open_to)} == {}
    assert set(found.values()) <= {200, 302, 403, 404, 405}


# Who may see a history sees the row; who may delete a row by Django's own page: what the admin itself holds.
DELETED_BY = {"User": "MS", "ApiToken": "MS", "Airport": "MS", "TownAlias": "EMS"} | dict.fromkeys(
    ("PeriodicTask", "IntervalSchedule", "CrontabSchedule", "ClockedSchedule"), "S"
)


@pytest.mark.parametrize("letter", [*test_admin.ROLES, "S"])
def test_histories_and_deletions_open_for_whom_the_rows_do(letter: str) -> None:
    client = signed_in(person(letter))
    wrong = {}
    for model, (_, _, seen_by) in test_admin.PAGES.items():
        key = row(model, 3).pk
        history, deletion = (client.get(url(model, f"{key}/{page}/")).status_code for page in ("history", "delete"))
        if history == 200 and letter not in seen_by:
            wrong[model, "history"] = history
        if (deletion == 200) != (letter in DELETED_BY.get(model.__name__, "")):
            wrong[model, "delete"] = deletion
    assert wrong == {}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_without_a_sign_in_every_page_leads_to_it(method: str) -> None:
    client: Any = Client()
    paths = {address(route) for route in routes()} - BEFORE_SIGN_IN - {"/admin/logout/", NO_PAGE}
    found = {path: client.generic(method, path) for path in sorted(paths)}
    wrong = {
        path: answer.status_code
        for path, answer in found.items()
        if answer.headers.get("Location") != f"/admin/login/?next={quote(path)}"
    }
    assert {path: code for path, code in wrong.items() if code not in {403, 405}} == {}
    assert (len(paths) > 100, 2 * len(wrong) < len(paths) or method != "POST") == (True, True)


def test_a_session_alone_posts_to_no_page(superuser: User) -> None:
    one_import()
    make_airport("Kept")
    client = browser(superuser)
    before = [stored(), list(User.objects.values()), Import.objects.count()]
    headers: list[dict[str, Any]] = [{}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_X_CSRFTOKEN": "x" * 32}]
    codes = {
        (path, client.post(path, {"post": "yes"}, format="multipart", **extra).status_code)
        for path in {address(route) for route in routes()} - {NO_PAGE}
        for extra in headers
    }
    assert {(path, code) for path, code in codes if code not in REFUSED} == set()
    assert [stored(), list(User.objects.values()), Import.objects.count()] == before


def test_every_page_of_the_profiler_is_for_superusers_alone(superuser: User) -> None:
    people = {letter: signed_in(person(letter)) for letter in test_admin.ROLES}
    paths = sorted(address(route) for route in routes("silk"))
    assert len(paths) > 15
    for path in paths:
        assert Client().get(path).headers["Location"] == f"/admin/login/?next={path}"
        assert {letter: one.get(path).status_code for letter, one in people.items()} == dict.fromkeys(people, 403)
        assert browser(superuser).get(path).status_code in {200, 400, 404}
