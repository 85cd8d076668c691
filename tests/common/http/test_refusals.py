"""In which order a request is refused: URL, method, credentials, role, object, representation, body, query."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.common.helpers import no_places, one_import, places, problem, send
from tests.common.http.urls import API, GUARDED, METHODS, ROLES, Url

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], APIClient]

WRONG = {"QUERY_STRING": "nonsense=1", "HTTP_ACCEPT": "image/png"}
SENT = [(url, method) for url in GUARDED for method in sorted(url.open_to)]


def all_wrong(client: APIClient, method: str, path: str, **extra: str) -> Any:
    """The answer to a request whose query, representation and body are all wrong."""
    return send(client, method, path, b"x", content_type="image/png", **{**WRONG, **extra})


def named(value: object) -> str:
    return value.path if isinstance(value, Url) else str(value)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/nothing", "/imports/", "/imports/1/nothing", "/health", "/health/live/", "/docs/"])
def test_an_unknown_url_is_404_whatever_else_is_wrong(path: str, method: str) -> None:
    answer = all_wrong(APIClient(), method, path)
    assert answer.status_code == 404
    if method != "HEAD":
        assert problem(answer)["title"] == "Not Found"


@pytest.mark.parametrize("url", API, ids=named)
def test_a_method_that_does_not_work_is_405_before_credentials_and_object(url: Url) -> None:
    path = url.path.format(**no_places(str(10**30)))
    for method in sorted(set(METHODS) - url.allow):
        answer = all_wrong(APIClient(), method, path)
        assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, url.allow), method
        if method != "HEAD":
            assert problem(answer)["detail"] == f"{method} does not work here."


@pytest.mark.parametrize(("url", "method"), SENT, ids=named)
def test_no_credentials_are_401_before_the_object_is_looked_for(url: Url, method: str) -> None:
    answer = all_wrong(APIClient(), method, url.path.format(**no_places(str(10**30))))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Token")


def test_without_credentials_and_a_wish_two_urls_lead_to_the_sign_in_and_all_others_are_401() -> None:
    answers = {
        (method, url.path): send(APIClient(), method, url.path.format(**no_places()), HTTP_ACCEPT="*/*").status_code
        for url, method in SENT
    }
    pages = {(method, path) for method in ("GET", "HEAD") for path in ("/analytics/", "/confirm/{token}")}
    assert {where for where, status in answers.items() if status == 302} == pages
    assert {status for where, status in answers.items() if where not in pages} == {401}


@pytest.mark.parametrize(("url", "method"), SENT, ids=named)
def test_each_role_gets_through_where_the_table_says_so_and_403_elsewhere(
    url: Url, method: str, client_of: ClientOf
) -> None:
    path = url.path.format(**no_places(str(10**30)))
    through = {
        letter
        for letter, role in ROLES.items()
        if send(client_of(role), method, path, HTTP_ACCEPT="*/*").status_code != 403
    }
    assert through == set(url.open_to[method])


@pytest.mark.parametrize(("url", "method"), [(url, m) for url, m in SENT if "{" in url.path], ids=named)
@pytest.mark.parametrize(
    "number", ["0", "999999999", "9223372036854775808", "1" * 30, "x", "-1", "01", "1.0", "%00", "%ff"]
)
def test_an_object_that_is_not_there_is_404_before_body_and_query(
    url: Url, method: str, number: str, manager: APIClient
) -> None:
    answer = all_wrong(manager, method, url.path.format(**no_places(number)), HTTP_ACCEPT="*/*")
    assert answer.status_code == 404


@pytest.mark.parametrize("number", ["0", "999999999", "9223372036854775808", "x", "-1", "01", "%00"])
def test_a_citizen_that_is_not_there_is_404_before_body_and_query(number: str, manager: APIClient) -> None:
    path = f"/imports/{one_import().pk}/citizens/{number}"
    for method in ("GET", "PATCH"):
        answer = all_wrong(manager, method, path, HTTP_ACCEPT="*/*")
        assert answer.status_code == 404


@pytest.mark.parametrize(("url", "method"), SENT, ids=named)
def test_a_representation_that_there_is_not_is_406(url: Url, method: str, manager: APIClient) -> None:
    path = url.path.format(**places())
    for query, accept in (("", "image/png"), ("format=bogus", "*/*")):
        answer = all_wrong(manager, method, path, HTTP_ACCEPT=accept, QUERY_STRING=query)
        assert answer.status_code == 406


# These take no JSON: an upload has tests of its own, the others have no body at all.
NO_JSON = {"/upload", "/analytics/", "/airports/{airport}/restore", "/confirm/{token}", "/analytics/refresh"}
NO_JSON |= {f"/imports/{{id}}/{step}" for step in ("cancel", "retry", "approve", "discard")}
OTHER_BODIES = {
    "/upload": ("text/csv", b""),
    "/analytics/": ("application/x-www-form-urlencoded", b"action=refresh"),
}
WITH_BODY = [(url, m) for url, m in SENT if m in {"POST", "PUT", "PATCH"} and url.path not in NO_JSON]


@pytest.mark.parametrize(("url", "method"), WITH_BODY, ids=named)
def test_a_body_of_the_wrong_type_or_size_is_refused_before_the_query(
    url: Url, method: str, manager: APIClient
) -> None:
    path = f"{url.path.format(**places())}?nonsense=1"
    for kind in (
        "image/png",
        "",
        "text/html",
        "text/csv; charset=koi8-r",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        answer = send(manager, method, path, b"x", content_type=kind)
        assert problem(answer)["status"] == 415, kind
    announced = send(manager, method, path, b"x", content_type="application/json", CONTENT_LENGTH=str(10**12))
    assert problem(announced)["status"] == 413
    encoded = send(manager, method, path, b"x", content_type="application/json", HTTP_CONTENT_ENCODING="br")
    assert problem(encoded)["status"] == 415


@pytest.mark.parametrize(("url", "method"), SENT, ids=named)
def test_unknown_and_repeated_query_parameters_are_400_everywhere(url: Url, method: str, manager: APIClient) -> None:
    path = url.path.format(**places())
    kind, body = OTHER_BODIES.get(url.path, ("application/json", b"{}"))
    answer = send(manager, method, f"{path}?nonsense=%00&%ff=%ff&format=json&format=json", body, content_type=kind)
    assert answer.status_code == 400
    if method != "HEAD":
        found = {
            (error["pointer"], error["code"]) for error in problem(answer)["errors"] if error["code"] != "required"
        }
        assert found == {
            ("?nonsense", "unknown_parameter"),
            ("?\ufffd", "unknown_parameter"),
            ("?format", "repeated_parameter"),
        }


@pytest.mark.parametrize("path", ["/", "/health/live", "/health/ready", "/schema", "/docs", "/redoc"])
def test_public_urls_refuse_unknown_parameters_and_representations_too(path: str) -> None:
    answers = [
        APIClient().get(f"{path}?nonsense=1"),
        APIClient().get(f"{path}?format=bogus"),
        APIClient().get(path, HTTP_ACCEPT="image/png"),
    ]
    assert [problem(answer)["status"] for answer in answers] == [400, 406, 406]
