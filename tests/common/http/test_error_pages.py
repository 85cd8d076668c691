"""Errors that no view foresaw, and parts that are away."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client, override_settings
from psycopg2.errors import DiskFull
from rest_framework.test import APIClient

from config.common.words import counted
from config.embedded.front import free_port
from imports.models import Import
from imports.services.loading.load_delivery import load_delivery
from tests.common.helpers import problem
from tests.server import Server, start_server

pytestmark = pytest.mark.django_db
SECRET = "SELECT secret FROM passwords"


def failing(error: Exception) -> Callable[..., None]:
    """Something that raises `error`."""

    def fail(*args: object, **kwargs: object) -> None:
        raise error

    return fail


def test_a_500_says_nothing_of_its_reason(manager: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imports.api.imports.page_response", failing(RuntimeError(SECRET)))
    answer = manager.get("/imports", HTTP_X_REQUEST_ID="mine")
    assert problem(answer) == {
        "type": "about:blank", "title": "Internal Server Error", "status": 500, "errors": [], "request_id": "mine",
        "detail": "This is our mistake; it has been written down.",
    }  # fmt: skip
    assert SECRET.encode() not in answer.content


def test_a_500_of_the_admin_is_a_page(superuser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imports.admin.deliveries.DeliveryAdmin.get_queryset", failing(RuntimeError(SECRET)))
    client = Client(raise_request_exception=False)
    client.force_login(superuser)
    answer = client.get("/admin/imports/import/", headers={"X-Request-ID": "mine"})
    html = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert (answer.headers["X-Request-ID"], "Request mine" in html, SECRET in html) == ("mine", True, False)


def test_a_full_disk_is_507(manager: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(DiskFull):
        pgcode = "53100"

    error = OperationalError(SECRET)
    error.__cause__ = Full(SECRET)
    monkeypatch.setattr("imports.api.imports.load_delivery", failing(error))
    answer = manager.post("/imports", {})
    assert (problem(answer)["status"], SECRET.encode() in answer.content) == (507, False)


@pytest.mark.django_db(transaction=True)
def test_an_account_that_is_removed_meanwhile_is_401(manager: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def remove_first(**kwargs: Any) -> Any:
        User.objects.filter(pk=kwargs["actor"].pk).delete()
        return load_delivery(**kwargs)

    monkeypatch.setattr("imports.api.imports.load_delivery", remove_first)
    answer = manager.post("/imports", {"citizens": []})
    assert (problem(answer)["status"], answer.headers["WWW-Authenticate"]) == (401, "Token")
    assert not Import.objects.exists()


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("path", ["/nothing", "/imports/x/y/z", "/schema/", "/analitycs/"])
@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/json, text/html;q=0.9"])
def test_what_is_not_there_is_a_problem(path: str, accept: str) -> None:
    answer = Client().get(path, headers={"Accept": accept} if accept else {})
    assert problem(answer)["detail"] == "There is nothing at this address."
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/nothing", "/imports/x/y/z", "/schema/", "/analitycs/"])
def test_a_mistyped_address_in_a_browser_is_a_page_with_ways_on(path: str) -> None:
    answer = Client().get(path, headers={"Accept": BROWSER, "X-Request-ID": "mine"})
    html = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert ["There is nothing at this address." in html, "Request mine" in html, 'href="/"' in html] == [True] * 3
    assert "Accept" in answer.headers["Vary"]


def test_what_an_api_address_has_not_is_a_problem_also_for_a_browser(manager: APIClient) -> None:
    answer = manager.get("/imports/1000", HTTP_ACCEPT=BROWSER)
    assert problem(answer)["status"] == 404


def test_what_is_not_there_in_the_admin_is_a_page(superuser: User) -> None:
    client = Client()
    client.force_login(superuser)
    answer = client.get("/admin/nothing/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "/admin/imports/import/?status__exact=%00", "/admin/airports/airport/?country__exact=%00",
        "/admin/autocomplete/?app_label=accounts&model_name=apitoken&field_name=user&term=%00",
    ],
)  # fmt: skip
def test_a_nul_byte_in_the_admin_is_400(superuser: User, path: str) -> None:
    client = Client()
    client.force_login(superuser)
    assert client.get(path).status_code == 400


def test_too_many_parameters_are_400(manager: APIClient) -> None:
    assert problem(manager.get("/imports?" + "&".join(f"a{number}" for number in range(1500))))["status"] == 400


def test_a_form_that_is_too_large_is_413() -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/admin/login/")
    form = {"username": "x" * 1_100_000, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post("/admin/login/", form).status_code == 413


def test_a_form_without_its_token_is_a_page_with_a_way_back() -> None:
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})
    assert (answer.status_code, b'href="/admin/"' in answer.content) == (403, True)


@pytest.mark.django_db(transaction=True)
def test_pending_migrations_make_the_process_unready(server: Server) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'imports' RETURNING name, applied")
        gone = cursor.fetchall()
    try:
        with server.client() as client:
            ready, live = client.get("/health/ready"), client.get("/health/live")
    finally:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO django_migrations (app, name, applied) VALUES ('imports', %s, %s)", gone)
    body = problem(ready)
    assert (body["status"], body["detail"]) == (503, f"The database has {counted(len(gone), 'migration')} to run.")
    assert (ready.headers["Retry-After"], live.status_code) == ("5", 200)


def test_ready_names_nothing_while_all_is_well() -> None:
    assert APIClient().get("/health/ready").json() == {"data": {"status": "ok", "degraded": []}}


def test_redis_away_is_named_but_no_reason_to_be_unready() -> None:
    with override_settings(REDIS_URL=f"redis://127.0.0.1:{free_port()}"):
        answer = APIClient().get("/health/ready")
    assert (answer.status_code, answer.json()["data"]["degraded"]) == (200, ["redis"])


@pytest.fixture(scope="module")
def lonely(django_db_setup: None) -> Iterator[Server]:
    """A server whose database and Redis nobody serves."""
    port = free_port()
    with start_server(DATABASE_URL=f"postgres://a:b@127.0.0.1:{port}/c", REDIS_URL=f"redis://127.0.0.1:{port}") as up:
        yield up


@pytest.mark.parametrize("path", ["/imports", "/imports/1", "/imports/1/citizens", "/health/ready", "/schema"])
@pytest.mark.parametrize("header", [{"Authorization": "Token abc"}, {"Cookie": "sessionid=abcdefghijkl"}])
def test_while_the_database_is_away_it_is_503(lonely: Server, path: str, header: dict[str, str]) -> None:
    with lonely.client() as client:
        answer = client.get(path, headers=header)
    body = problem(answer)
    assert (body["status"], answer.headers["Retry-After"]) == (503, "5")
    assert "127.0.0.1" not in answer.text


@pytest.mark.parametrize("path", ["/", "/health/live", "/schema", "/docs", "/redoc", "/static/site/site.css"])
def test_what_needs_no_database_works_without_one(lonely: Server, path: str) -> None:
    with lonely.client() as client:
        assert client.get(path).status_code == 200


def test_options_need_no_database(lonely: Server) -> None:
    with lonely.client() as client:
        answers = [
            client.options(path, headers={"Cookie": "sessionid=abcdefghijkl"}) for path in ("/imports", "/admin/")
        ]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_the_admin_says_it_on_a_page(lonely: Server) -> None:
    with lonely.client() as client:
        answer = client.get("/admin/", headers={"Cookie": "sessionid=abcdefghijkl"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert answer.headers["Retry-After"] == "5"
