"""In which order a request is refused: URL, method, credentials, role, object, representation, body, query."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.common.helpers import existing_objects, missing_objects, one_import, problem, send
from tests.common.http.urls import API, GUARDED, METHODS, ROLES, Url

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], APIClient]

WRONG = {"QUERY_STRING": "nonsense=1", "HTTP_ACCEPT": "image/png"}
SENT = [(url, method) for url in GUARDED for method in sorted(url.open_to)]


def all_wrong(client: APIClient, method: str, path: str, **extra: str) -> Any:
    """The answer to a request whose query, representation and body are all wrong."""
    return send(client, method, path, b"x", content_type="image/png", **{**WRONG, **extra})


def statuses(ask: Callable[[str, str], Any], **there: Any) -> dict[tuple[str, str], int]:
    """The status of every request that needs a role, by method and URL; `there` stands for the placeholders."""
    return {(method, url.path): ask(method, url.path.format(**there)).status_code for url, method in SENT}


@pytest.mark.parametrize("path", ["/nothing", "/imports/", "/imports/1/nothing", "/health", "/health/live/", "/docs/"])
def test_an_unknown_url_is_404_whatever_else_is_wrong(path: str) -> None:
    client = APIClient()
    for method in METHODS:
        answer = all_wrong(client, method, path)
        assert answer.status_code == 404
        if method != "HEAD":
            assert problem(answer)["title"] == "Not Found"


@pytest.mark.parametrize("url", API, ids=lambda url: url.path)
def test_a_method_that_does_not_work_is_405_before_credentials_and_object(url: Url) -> None:
    client, path = APIClient(), url.path.format(**missing_objects(str(10**30)))
    for method in sorted(set(METHODS) - url.allow):
        answer = all_wrong(client, method, path)
        assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, url.allow), method
        if method != "HEAD":
            assert problem(answer)["detail"] == f"{method} does not work here."


def test_no_credentials_are_401_before_the_object_is_looked_for() -> None:
    client = APIClient()
    for url, method in SENT:
        answer = all_wrong(client, method, url.path.format(**missing_objects(str(10**30))))
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Token"), (method, url.path)


def test_without_credentials_and_a_wish_the_pages_lead_to_the_sign_in_and_all_others_are_401() -> None:
    client = APIClient()
    answers = statuses(lambda method, path: send(client, method, path, HTTP_ACCEPT="*/*"), **missing_objects())
    paths = ("/analytics/", "/analytics/report", "/confirm/{token}")
    pages = {(method, path) for method in ("GET", "HEAD") for path in paths}
    assert {where for where, status in answers.items() if status == 302} == pages
    assert {status for where, status in answers.items() if where not in pages} == {401}


@pytest.mark.parametrize(("letter", "role"), ROLES.items())
def test_each_role_gets_through_where_the_table_says_so_and_403_elsewhere(
    letter: str, role: str, client_of: ClientOf
) -> None:
    client = client_of(role)
    answers = statuses(
        lambda method, path: send(client, method, path, HTTP_ACCEPT="*/*"), **missing_objects(str(10**30))
    )
    through = {where for where, status in answers.items() if status != 403}
    assert through == {(method, url.path) for url, method in SENT if letter in url.open_to[method]}


@pytest.mark.parametrize(
    "number", ["0", "999999999", "9223372036854775808", "1" * 30, "x", "-1", "01", "1.0", "%00", "%ff"]
)
def test_an_object_that_is_not_there_is_404_before_body_and_query(number: str, manager: APIClient) -> None:
    for url, method in SENT:
        if "{" in url.path:
            answer = all_wrong(manager, method, url.path.format(**missing_objects(number)), HTTP_ACCEPT="*/*")
            assert answer.status_code == 404, (method, url.path)


@pytest.mark.parametrize("number", ["0", "999999999", "9223372036854775808", "x", "-1", "01", "%00"])
def test_a_citizen_that_is_not_there_is_404_before_body_and_query(number: str, manager: APIClient) -> None:
    path = f"/imports/{one_import().pk}/citizens/{number}"
    for method in ("GET", "PATCH"):
        answer = all_wrong(manager, method, path, HTTP_ACCEPT="*/*")
        assert answer.status_code == 404


@pytest.mark.parametrize(("query", "accept"), [("", "image/png"), ("format=bogus", "*/*")])
def test_a_representation_that_there_is_not_is_406(query: str, accept: str, manager: APIClient) -> None:
    wrong = {"HTTP_ACCEPT": accept, "QUERY_STRING": query}
    answers = statuses(lambda method, path: all_wrong(manager, method, path, **wrong), **existing_objects())
    assert {where for where, status in answers.items() if status != 406} == set()


# These take no JSON: an upload has tests of its own, the others have no body at all.
NO_JSON = {"/upload", "/analytics/", "/airports/{airport}/restore", "/confirm/{token}", "/analytics/refresh"}
NO_JSON |= {f"/imports/{{id}}/{step}" for step in ("cancel", "retry", "approve", "discard")}
NO_JSON |= {f"/webhooks/{{webhook}}/{step}" for step in ("rotate", "test", "deliveries/{notice}/resend")}
OTHER_BODIES = {
    "/upload": ("text/csv", b""),
    "/analytics/": ("application/x-www-form-urlencoded", b"action=refresh"),
}
WITH_BODY = [(url, m) for url, m in SENT if m in {"POST", "PUT", "PATCH"} and url.path not in NO_JSON]


@pytest.mark.parametrize(("url", "method"), WITH_BODY, ids=lambda value: getattr(value, "path", value))
def test_a_body_of_the_wrong_type_or_size_is_refused_before_the_query(
    url: Url, method: str, manager: APIClient
) -> None:
    path = f"{url.path.format(**existing_objects())}?nonsense=1"
    kinds = ["image/png", "", "text/html", "text/csv; charset=koi8-r"]
    kinds += ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
    # Deliveries come as CSV too.
    kinds += ["text/csv"] if url.path != "/imports" else []
    for kind in kinds:
        answer = send(manager, method, path, b"x", content_type=kind)
        assert problem(answer)["status"] == 415, kind
    announced = send(manager, method, path, b"x", content_type="application/json", CONTENT_LENGTH=str(10**12))
    assert problem(announced)["status"] == 413
    encoded = send(manager, method, path, b"x", content_type="application/json", HTTP_CONTENT_ENCODING="br")
    assert problem(encoded)["status"] == 415


UNKNOWN = "nonsense=%00&%ff=%ff&format=json&format=json"
NAMED = {("?nonsense", "unknown_parameter"), ("?\ufffd", "unknown_parameter"), ("?format", "repeated_parameter")}


def test_unknown_and_repeated_query_parameters_are_400_everywhere(manager: APIClient) -> None:
    there = existing_objects()
    for url, method in SENT:
        kind, body = OTHER_BODIES.get(url.path, ("application/json", b"{}"))
        # Of the report there is no JSON.
        unknown = UNKNOWN.replace("json", "csv") if url.path == "/analytics/report" else UNKNOWN
        answer = send(manager, method, f"{url.path.format(**there)}?{unknown}", body, content_type=kind)
        assert answer.status_code == 400, (method, url.path)
        if method != "HEAD":
            errors = problem(answer)["errors"]
            found = {(error["pointer"], error["code"]) for error in errors if error["code"] != "required"}
            assert found == NAMED, (method, url.path)


@pytest.mark.parametrize("path", ["/", "/health/live", "/health/ready", "/schema", "/docs", "/redoc"])
def test_public_urls_refuse_unknown_parameters_and_representations_too(path: str) -> None:
    answers = [
        APIClient().get(f"{path}?nonsense=1"),
        APIClient().get(f"{path}?format=bogus"),
        APIClient().get(path, HTTP_ACCEPT="image/png"),
    ]
    assert [problem(answer)["status"] for answer in answers] == [400, 406, 406]
