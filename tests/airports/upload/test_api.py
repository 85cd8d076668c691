"""POST /upload."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from rest_framework.test import APIClient

from airports.models import Airport
from tests.airports.builders import make_airport
from tests.airports.upload.builders import table

pytestmark = pytest.mark.django_db

GOOD = table({"icao": "AAAA"})
BAD = table({"icao": "AAAA"}, {"dst": "X"})
COUNTS = {
    "rows": 1,
    "created": 1,
    "updated": 0,
    "unchanged": 0,
    "displaced": 0,
    "skipped_deleted": 0,
    "rejected": [],
}


@pytest.fixture
def editor(client_of: Callable[[str], APIClient]) -> APIClient:
    return client_of("Editors")


def send(client: Any, content: bytes, query: str = "", content_type: str = "text/csv", **headers: Any) -> Any:
    """Sends the body as it is."""
    return client.generic("POST", f"/upload{query}", content, content_type=content_type, **headers)


def form(client: APIClient, **parts: Any) -> Any:
    """Sends a form."""
    return send(client, encode_multipart(BOUNDARY, parts), content_type=MULTIPART_CONTENT)


def test_a_body_is_stored(editor: APIClient) -> None:
    response = send(editor, GOOD)
    assert (response.status_code, response.json()) == (201, {"data": COUNTS})
    assert Airport.history.get().history_user.username == "editors"


def test_a_form_is_stored(editor: APIClient) -> None:
    response = form(editor, file=SimpleUploadedFile("airports.csv", GOOD))
    assert (response.status_code, response.json()) == (201, {"data": COUNTS})


def test_the_same_file_again_is_unchanged(editor: APIClient) -> None:
    send(editor, GOOD)
    assert send(editor, GOOD).json() == {"data": COUNTS | {"created": 0, "unchanged": 1}}


def test_a_dry_run_answers_200_and_stores_nothing(editor: APIClient) -> None:
    response = send(editor, GOOD, "?dry_run=true")
    assert (response.status_code, response.json(), Airport.objects.count()) == (200, {"data": COUNTS}, 0)


def test_a_rejected_row_is_400_with_its_line(editor: APIClient) -> None:
    response = send(editor, BAD)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    detail = "dst: One of E, A, S, O, Z, N, U is expected."
    assert response.json()["errors"] == [{"pointer": "line 3", "code": "invalid_choice", "detail": detail}]
    assert Airport.objects.count() == 0


def test_a_rejected_row_is_listed_where_it_is_skipped(editor: APIClient) -> None:
    response = send(editor, BAD, "?on_error=skip")
    detail = "One of E, A, S, O, Z, N, U is expected."
    rejected = [{"line": 3, "column": "dst", "code": "invalid_choice", "detail": detail}]
    assert (response.status_code, response.json()) == (201, {"data": COUNTS | {"rows": 2, "rejected": rejected}})


def test_more_than_a_hundred_rejections_are_counted(editor: APIClient) -> None:
    content = table(*[{"dst": "X"}] * 103)
    assert send(editor, content, "?on_error=skip").json()["data"]["more_rejected"] == 3
    problem = send(editor, content).json()
    assert (len(problem["errors"]), problem["more_errors"]) == (100, 3)


@pytest.mark.parametrize("role", ["Viewers", "Importers"])
def test_other_roles_may_not_upload(client_of: Callable[[str], APIClient], role: str) -> None:
    assert send(client_of(role), GOOD).status_code == 403


def test_nobody_uploads_without_signing_in() -> None:
    response = send(APIClient(), GOOD)
    assert (response.status_code, "WWW-Authenticate" in response) == (401, True)


def test_other_methods_do_not_work(editor: APIClient) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        response = editor.generic(method, "/upload")
        assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")


def test_options_tell_what_is_read() -> None:
    data = APIClient().options("/upload").json()["data"]
    assert (data["methods"], data["parses"]) == (["POST", "OPTIONS"], ["multipart/form-data", "text/csv"])
    assert list(data["fields"]) == ["file"]


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "text/csv; charset=latin-1", "application/x-www-form-urlencoded"]
)
def test_another_content_type_is_415(editor: APIClient, content_type: str) -> None:
    assert send(editor, GOOD, content_type=content_type).status_code == 415


@pytest.mark.parametrize("charset", ["us-ascii", "UTF-8", "windows-1252", '"utf-16"'])
def test_a_charset_that_is_known_is_no_other_type(editor: APIClient, charset: str) -> None:
    assert send(editor, GOOD, content_type=f"text/csv; charset={charset}").status_code == 201


def test_an_encoded_body_is_415(editor: APIClient) -> None:
    assert send(editor, gzip.compress(GOOD), HTTP_CONTENT_ENCODING="gzip").status_code == 415


def test_a_body_beyond_the_limit_is_413(editor: APIClient, settings: Any) -> None:
    settings.AIRPORTS_MAX_BYTES = len(GOOD)
    assert send(editor, GOOD).status_code == 201
    settings.AIRPORTS_MAX_BYTES = len(GOOD) - 1
    assert send(editor, GOOD).status_code == 413
    assert form(editor, file=SimpleUploadedFile("airports.csv", GOOD)).status_code == 413


@pytest.mark.parametrize("query", ["?on_error=stop", "?dry_run=perhaps", "?limit=1", "?dry_run=true&dry_run=false"])
def test_an_unknown_query_is_400(editor: APIClient, query: str) -> None:
    response = send(editor, GOOD, query)
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == query.partition("=")[0]


FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + GOOD + b"\r\n"
TEXT = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n1\r\n'


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (FILE + b"--x--\r\n", None),
        (FILE + b"--x--", None),
        (TEXT % b"csrfmiddlewaretoken" + FILE + b"--x--\r\n", None),
        (FILE, [""]),
        (FILE + b"--x", [""]),
        (FILE[:-20], [""]),
        (b"nothing like a form", [""]),
        (b"", [""]),
        (b"--x--\r\n", ["/file"]),
        (TEXT % b"file" + b"--x--\r\n", ["/file"]),
        (TEXT % b"dry_run" + FILE + b"--x--\r\n", ["/dry_run"]),
        (FILE + FILE + b"--x--\r\n", ["/file"]),
    ],
)
def test_a_form_has_the_file_and_an_end(editor: APIClient, body: bytes, pointers: list[str] | None) -> None:
    response = send(editor, body, content_type="multipart/form-data; boundary=x")
    if pointers is None:
        assert response.json() == {"data": COUNTS}
    else:
        assert response.status_code == 400
        assert [error["pointer"] for error in response.json()["errors"]] == pointers
        assert Airport.objects.count() == 0


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=\xe9"])
def test_a_form_without_a_boundary_is_400(editor: APIClient, content_type: str) -> None:
    assert send(editor, FILE, content_type=content_type).status_code == 400


@pytest.mark.parametrize(
    "content",
    [b"\0" * 100, b"\xff" * 100, b'"', b"," * 10_000, b"\n" * 10_000, b'"' * 9_999, b"\xff\xfe\x00\xd8"],
)
def test_nonsense_is_400_or_nothing(editor: APIClient, content: bytes) -> None:
    assert send(editor, content).status_code == (201 if not content.strip(b"\n,") else 400)
    assert Airport.objects.count() == 0


def test_what_the_list_gives_as_csv_is_taken_back_unchanged(editor: APIClient) -> None:
    names = ["=SUM(A1)", "+1", "-x", "@home", "'=x", "'s Gravenhage", 'a"b', "a,b", "a\nb", "a\\", "a\\,", 'a\\"b', "Å"]
    for number, name in enumerate(names):
        make_airport(name, -number, number / 3, city=name, altitude=-7.25, timezone=-3.5)
    make_airport("Coded", 1, 2, iata="QQQ", icao="AAAA", tz="Europe/Madrid", dst="E")
    exported: Any = editor.get("/airports?format=csv")
    response = send(editor, b"".join(exported.streaming_content))
    count = len(names) + 1
    assert response.json() == {"data": COUNTS | {"rows": count, "created": 0, "unchanged": count}}


@pytest.mark.parametrize("content_type", ["text/csv", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize(("header", "status"), [({}, 403), ({"HTTP_X_CSRFTOKEN": "a" * 32}, 201)])
def test_a_browser_uploads_with_its_csrf_token(
    editor: APIClient, content_type: str, header: dict[str, str], status: int
) -> None:
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="editors"))
    browser.cookies["csrftoken"] = "a" * 32
    body = GOOD if content_type == "text/csv" else FILE + b"--x--\r\n"
    assert send(browser, body, content_type=content_type, **header).status_code == status
