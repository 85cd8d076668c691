"""OPTIONS: 200 on every URL, for everybody, without looking."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from imports.documents.formats import FORMATS
from tests.common.helpers import existing_objects, problem
from tests.common.http.urls import API

pytestmark = pytest.mark.django_db
KEYS = {"name", "description", "methods", "parses", "renders", "fields"}
PAGES = {
    "/admin/": {"GET", "HEAD", "OPTIONS", "POST"},
    "/admin/login/": {"GET", "HEAD", "OPTIONS", "POST"},
    "/admin/logout/": {"OPTIONS", "POST"},
    "/admin/imports/import/7/change/": {"GET", "HEAD", "OPTIONS", "POST"},
    "/static/site/site.css": {"GET", "HEAD", "OPTIONS"},
}


@pytest.mark.parametrize("credentials", ["", "Token wrong", "Token \xff", "Basic \xff"])
def test_every_url_answers_everybody(credentials: str) -> None:
    client, there = APIClient(), existing_objects()
    for url in API:
        path = url.path.format(**there)
        answer = client.options(path, HTTP_AUTHORIZATION=credentials, HTTP_ACCEPT="image/png")
        data = answer.json()["data"]
        assert (answer.status_code, set(data), set(data["methods"])) == (200, KEYS, url.allow), path
        assert answer.headers["Allow"].split(", ") == data["methods"]


@pytest.mark.parametrize(("path", "methods"), PAGES.items())
def test_pages_and_files_answer_everybody(path: str, methods: set[str]) -> None:
    answer = Client().options(path)
    data = answer.json()["data"]
    assert (answer.status_code, set(data), set(data["methods"])) == (200, KEYS, methods)
    assert answer.headers["Allow"].split(", ") == data["methods"]


@pytest.mark.parametrize("path", ["/nothing", "/admin/nothing/", "/static/nothing.css", "/imports/"])
def test_where_there_is_no_url_there_are_no_options(path: str) -> None:
    assert Client().options(path).status_code == 404


@pytest.mark.parametrize("number", ["999999999", "x", "9223372036854775808", "%00"])
@pytest.mark.parametrize("objects", ["imports", "airports"])
def test_an_import_or_airport_that_is_not_there_is_404(objects: str, number: str) -> None:
    answer = APIClient().options(f"/{objects}/{number}")
    assert problem(answer)["status"] == 404


@pytest.mark.parametrize(
    "path",
    [
        "/imports", "/imports/999/citizens", "/imports/x/citizens/y", "/imports/999/citizens/birthdays",
        "/imports/999/towns/stat/percentile/age", "/airports/999/history",
        "/airports/x/restore", "/confirm/x", "/create", "/update", "/delete", "/upload", "/analytics/",
        "/", "/health/ready", "/admin/imports/import/",
    ],
)  # fmt: skip
def test_deeper_urls_answer_without_a_query(
    path: str, django_assert_num_queries: DjangoAssertNumQueries, superuser: object
) -> None:
    client = APIClient()
    client.force_login(superuser)  # type: ignore[arg-type]  # a User
    with django_assert_num_queries(0):
        answer = client.options(path, HTTP_AUTHORIZATION="Token wrong")
    assert answer.status_code == 200


def test_the_fields_of_the_bodies_are_described() -> None:
    data = APIClient().options("/imports").json()["data"]
    citizen = data["fields"]["citizens"]["fields"]
    assert data["parses"] == list(FORMATS)
    assert data["renders"] == ["application/json", "text/csv"]
    assert citizen["gender"]["choices"] == ["male", "female"]
    assert citizen["town"] == {
        "type": "string", "required": True, "read_only": False, "label": "Town", "max_length": 256,
        "help_text": "1 to 256 characters, at least one of them a letter or a digit.",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/static/site/site.css"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "FOO"])
def test_pages_and_files_refuse_other_methods(path: str, method: str) -> None:
    answer = Client().generic(method, path)
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, PAGES[path])


def test_signing_out_is_a_form_only() -> None:
    answer = Client().get("/admin/logout/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")
