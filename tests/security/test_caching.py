"""Nobody keeps an answer that is somebody's own: `Cache-Control: no-store`, and `Vary` names what it depends on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from rest_framework.test import APIClient

from config.common.http.caching import NoStoreMiddleware
from tests.admin.routes import address, routes
from tests.airports.builders import make_airport
from tests.common.helpers import existing_objects, send
from tests.common.http.urls import API, METHODS
from tests.security.test_sessions import browser

pytestmark = pytest.mark.django_db
ROLES = ["", "Viewers", "Managers", "wrong"]
ROLES_BETWEEN = [pytest.param(role, marks=pytest.mark.thorough) for role in ("Editors", "Importers")]
# The same for everybody: all that anybody may keep. Whatever is new in the table of URLs is none of these.
FOR_EVERYBODY = {"/", "/schema", "/docs", "/redoc"}
FILE = "/static/site/site.css"


def is_kept_by_nobody(answer: Any) -> bool:
    """Whether the headers say it, each of them once and whole."""
    vary = answer.headers.get("Vary", "").lower().split(", ")
    return (
        answer.headers.get("Cache-Control") == "no-store"
        and {"authorization", "cookie"} <= set(vary)
        and len(vary) == len(set(vary))
    )


@pytest.fixture
def caller(client_of: Callable[[str], APIClient]) -> Callable[[str], APIClient]:
    def make(role: str) -> APIClient:
        if role in {"", "wrong"}:
            client = APIClient(raise_request_exception=False)
            client.credentials(**({"HTTP_AUTHORIZATION": "Token wrong"} if role else {}))
            return client
        return client_of(role)

    return make


@pytest.mark.parametrize("role", [*ROLES, *ROLES_BETWEEN])
def test_no_answer_of_any_url_is_kept_but_those_for_everybody(caller: Callable[[str], APIClient], role: str) -> None:
    client, where = caller(role), existing_objects()
    # What deletes comes last.
    methods = ("OPTIONS", *sorted(METHODS, key="DELETE".__eq__))
    answers = {
        (method, url.path): send(client, method, url.path.format(**where), b"{}", content_type="application/json")
        for method in methods
        for url in API
    }
    kept = {key for key, answer in answers.items() if not is_kept_by_nobody(answer)}
    # A bad token is refused wherever it is looked at, and that is nobody's to keep.
    reading = ("OPTIONS",) if role == "wrong" else ("OPTIONS", "GET", "HEAD")
    assert kept == {(method, path) for method in reading for path in FOR_EVERYBODY}
    statuses = {answer.status_code for answer in answers.values()}
    assert statuses >= {"": {200, 401, 405}, "wrong": {401, 405}, "Viewers": {200, 403}}.get(role, {200, 400, 405})


@pytest.mark.parametrize("person", ["nobody", "a superuser"])
def test_no_page_for_people_is_kept(person: str, superuser: User) -> None:
    client = browser(superuser) if person == "a superuser" else Client(raise_request_exception=False)
    paths = {address(route) for below in ("admin/", "silk", "confirm/", "analytics/") for route in routes(below)}
    answers = {path: client.get(path, HTTP_ACCEPT="text/html") for path in sorted(paths)}
    assert {path: answer.headers for path, answer in answers.items() if not is_kept_by_nobody(answer)} == {}
    assert (len(paths) > 130, {answer.status_code for answer in answers.values()} > {302, 404}) == (True, True)


@pytest.mark.parametrize("path", ["/nothing", "/imports/", "/static/nothing.css", "/imports/x/citizens", "/admin"])
def test_an_answer_that_no_view_gave_is_kept_by_nobody(path: str) -> None:
    assert is_kept_by_nobody(Client().get(path))


def test_neither_is_one_to_a_host_that_is_not_ours() -> None:
    answer = Client(raise_request_exception=False).get("/schema", HTTP_HOST="evil.example")
    assert (answer.status_code, is_kept_by_nobody(answer)) == (400, True)


def test_neither_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr("config.common.http.site.openapi_document", fail)
    answer = APIClient(raise_request_exception=False).get("/schema")
    assert (answer.status_code, is_kept_by_nobody(answer)) == (500, True)


@pytest.mark.parametrize("path", [*sorted(FOR_EVERYBODY), FILE])
def test_what_is_the_same_for_everybody_may_be_kept_whoever_asks(path: str, manager: APIClient) -> None:
    for answer in (Client().get(path), manager.get(path)):
        assert answer.getvalue()
        assert (answer.status_code, answer.headers.get("Cache-Control", "public")[-6:]) == (200, "public")


def test_an_answer_with_a_cookie_is_somebodys_own() -> None:
    def answer_with(*, cookie: bool) -> HttpResponse:
        request = RequestFactory().get("/schema")
        request.resolver_match = resolve("/schema")
        response = HttpResponse()
        if cookie:
            response.set_cookie("sessionid", "x")
        return NoStoreMiddleware(lambda _: response)(request)  # type: ignore[return-value]  # the response itself

    assert [is_kept_by_nobody(answer_with(cookie=cookie)) for cookie in (True, False)] == [True, False]


@pytest.mark.parametrize("form", ["json", "ndjson", "csv"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_vary_keeps_what_else_an_answer_depends_on(manager: APIClient, form: str, method: str) -> None:
    path = f"/imports/{existing_objects()['id']}/citizens"
    extra: dict[str, Any] = {"HTTP_ACCEPT_ENCODING": "gzip", "HTTP_ORIGIN": "https://foreign.example"}
    answer = send(manager, method, path, QUERY_STRING=f"format={form}", **extra)
    assert (answer.status_code, is_kept_by_nobody(answer)) == (200, True)
    assert {"accept-encoding", "origin"} <= set(answer.headers["Vary"].lower().split(", "))


def test_neither_a_304_nor_a_download_is_kept(manager: APIClient, superuser: User) -> None:
    path = f"/airports/{make_airport().pk}"
    unchanged = manager.get(path, HTTP_IF_NONE_MATCH=manager.get(path).headers["ETag"])
    assert (unchanged.status_code, is_kept_by_nobody(unchanged)) == (304, True)
    for form in ("csv", "xlsx"):
        download = browser(superuser).get(f"/admin/airports/airport/export/{form}/")
        assert download.getvalue()
        assert (download.status_code, "attachment" in download.headers["Content-Disposition"]) == (200, True)
        assert is_kept_by_nobody(download)
