"""What the API says of a refusal is said in three languages; what programs read of it is the same in all of them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from airports.services.drain_creates import drain_creates
from config.common.problems import told
from config.common.texts import Speaker, Text
from imports.documents.errors import InvalidDocument
from imports.documents.exhaustive import read_exhaustively
from imports.services.document_rules import rules_on
from imports.services.loading.load_received import load_received
from tests.airports.builders import make_valencia
from tests.factories import people
from tests.imports.documents.builders import citizen
from tests.imports.world import body_of, load, received
from tests.translations import LANGUAGES, marked, reading

pytestmark = pytest.mark.django_db
JSON, CSV, NDJSON = "application/json", "text/csv", "application/x-ndjson"
Answers = dict[str, Any]


@pytest.fixture(autouse=True)
def catalogues() -> Iterator[None]:
    """Texts in Spanish and Russian that say what they are."""
    with marked():
        yield


def asked(client: APIClient, method: str, path: str, body: bytes = b"", **more: Any) -> Answers:
    """The answers in each language."""
    found = {}
    for language in LANGUAGES:
        with reading(language) as headers:
            send: Any = client.generic
            found[language] = send(method, path, body, **{"content_type": JSON, **more, **headers})
    return found


def check(answers: Answers) -> dict[str, Any]:
    """Compares the problems, and gives the English one."""
    problems = {language: answer.json() for language, answer in answers.items()}
    english: dict[str, Any] = problems["en"]
    for language, problem in problems.items():
        assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
            (one["pointer"], one["code"]) for one in english["errors"]
        ]
        assert (problem["status"], problem["type"], problem.keys()) == (
            english["status"],
            english["type"],
            english.keys(),
        )
        if language != "en":
            said = [problem["title"], problem["detail"], *(one["detail"] for one in problem["errors"])]
            assert [text for text in said if not text.startswith(f"{language}‹") or not text.endswith("›")] == []
            assert [text for text in said if "%(" in text] == []
            assert problem["title"] == f"{language}‹{english['title']}›"
    assert len({answer.status_code for answer in answers.values()}) == 1
    return english


BODIES: dict[str, bytes] = {
    "no JSON": b"{",
    "not UTF-8": b"\xff",
    "too deep": b"[" * 100_000,
    "NaN": b'{"citizens": [NaN]}',
    "a list": b"[]",
    "no citizens": b'{"people": 1}',
    "citizens that are none": b'{"citizens": {}}',
    "every field missing": b'{"citizens": [{}, 7]}',
    "every type wrong": body_of([dict.fromkeys(citizen(1), None) | {"more": 1}]),
    "values": body_of(
        [
            citizen(-1, town="", street="a" * 257, building="--", apartment=2**63, birth_date="31.02.2000"),
            citizen(2, gender="other", birth_date="01.01.9999", relatives=[3, 3], name="\x00"),
        ]
    ),
    "relations": body_of([citizen(1, relatives=[2, 9]), citizen(2), citizen(3, relatives=[3], friends=[3])]),
    "the same id": body_of([citizen(1), citizen(1)]),
    "too long a list": body_of([citizen(1, relatives=[*range(2, 1_003)])]),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_delivery_is_refused_in_the_language_of_its_sender(manager: APIClient, body: bytes) -> None:
    answers = asked(manager, "POST", "/imports", body)
    assert check(answers)["status"] == 400


_ROWS = (
    b"citizen_id,town,street,building,apartment,name,birth_date,gender\n"
    b'1,a,a,a,1,a,26.12.1986,male,more\n\n2,a\n3,"a"b,c\nx,,a,a,1.5,a,1986,other\n'
)
TABLES: dict[str, tuple[bytes, str]] = {
    "no columns": (b"1;2;3\n", CSV),
    "wrong columns": (b"town;town;Number\n", CSV),
    "rows": (_ROWS, CSV),
    "no encoding": (b"town;\xff\xfe\x81\x98\n", CSV),
    "no workbook": (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "no gzip": (b"x", NDJSON),
    "lines": (b"{\n\n[]\n" + b'"' + b"a" * 1_100_000 + b'"\n', NDJSON),
}


@pytest.mark.parametrize(("body", "media_type"), TABLES.values(), ids=TABLES)
def test_so_is_a_table_with_the_names_of_its_columns(manager: APIClient, body: bytes, media_type: str) -> None:
    more = {"HTTP_CONTENT_ENCODING": "gzip"} if body == b"x" else {}
    assert check(asked(manager, "POST", "/imports", body, content_type=media_type, **more))["status"] == 400


AIRPORT = b'{"name": "", "latitude": 91, "longitude": true, "iata": "A", "dst": "x", "tz": "y", "city": 1, "more": 1}'
LONG = json.dumps({"name": "a" * 300, "latitude": 1, "longitude": 1, "icao": "\x00"}).encode()
KNOWN = json.dumps({"name": "Other", "latitude": 1, "longitude": 1, "iata": "VLC"}).encode()
CALLS: dict[str, tuple[int, str, str, bytes, dict[str, Any]]] = {
    "no airport": (404, "GET", "/airports/1000000", b"", {}),
    "no id": (404, "GET", "/airports/one", b"", {}),
    "no address": (404, "GET", "/nowhere", b"", {}),
    "no method": (405, "DELETE", "/airports", b"", {}),
    "no format": (406, "GET", "/airports?format=bogus", b"", {}),
    "no type": (406, "GET", "/imports", b"", {"HTTP_ACCEPT": "image/png"}),
    "another type": (415, "POST", "/airports", b"{}", {"content_type": "text/plain"}),
    "another encoding": (415, "POST", "/imports", b"{}", {"HTTP_CONTENT_ENCODING": "br"}),
    "no file": (415, "POST", "/upload", b"{}", {}),
    "wrong values": (400, "POST", "/airports", AIRPORT, {}),
    "long values": (400, "POST", "/airports", LONG, {}),
    "nothing to change": (400, "PATCH", "/airports/{id}", b"{}", {}),
    "a code that is taken": (409, "POST", "/airports", KNOWN, {}),
    "a stale version": (412, "PATCH", "/airports/{id}", b'{"name": "B"}', {"HTTP_IF_MATCH": '"7"'}),
    "not flagged": (409, "POST", "/airports/{id}/restore", b"", {}),
    "queries": (400, "GET", "/airports?limit=0&offset=x&bbox=1,2&near=1&radius=-1&ordering=no&more=1&limit=2", b"", {}),
    "flags": (400, "GET", "/airports?deleted=maybe&bom=x&radius=1", b"", {}),
    "a key": (400, "POST", "/imports", b"{}", {"HTTP_IDEMPOTENCY_KEY": "a b"}),
    "options of a table": (400, "POST", "/imports?delimiter=x&encoding=y&on_error=skip&source=--", b"{}", {}),
    "options of another": (400, "POST", "/imports?sheet=x", b"{}", {}),
    "a review": (400, "POST", "/imports?review=true", b"{}", {}),
    "no import": (404, "GET", "/imports/1000000/citizens", b"", {}),
    "no resident": (404, "GET", "/imports/{import_id}/citizens/1000000", b"", {}),
    "a correction": (400, "PATCH", "/imports/{import_id}/citizens/1", b'{"citizen_id": 1, "no": 1}', {}),
    "no correction": (400, "PATCH", "/imports/{import_id}/citizens/1", b"{}", {}),
    "relations": (400, "PATCH", "/imports/{import_id}/citizens/1", b'{"relatives": [999]}', {}),
    "a step": (409, "POST", "/imports/{import_id}/cancel", b"", {}),
    "demand": (400, "GET", "/analytics/demand?group_by=no&country=xx&age_group=9-8&gender=no&import_id=x", b"", {}),
    "an order": (400, "GET", "/analytics/demand?group_by=city&ordering=town", b"", {}),
    "a counted import": (400, "GET", "/analytics/demand?import_id=1000000", b"", {}),
    "a source": (400, "POST", "/sources", b'{"name": "--", "uploaders": ["nobody"], "aliases": [1]}', {}),
    "users": (400, "POST", "/sources", b'{"name": "a", "uploaders": ["nobody"]}', {}),
    "no channel": (404, "GET", "/channels/1000000", b"", {}),
    "a link": (404, "GET", "/confirm/x", b"", {"HTTP_ACCEPT": JSON}),
}


@pytest.mark.parametrize(("status", "method", "path", "body", "more"), CALLS.values(), ids=CALLS)
def test_every_kind_of_refusal_is_said_in_every_language(
    manager: APIClient, status: int, method: str, path: str, body: bytes, more: dict[str, Any]
) -> None:
    path = path.format(id=make_valencia().pk, import_id=load(people(2)))
    assert check(asked(manager, method, path, body, **more))["status"] == status


def test_who_may_not_is_told_so_in_every_language(client_of: Callable[[str], APIClient]) -> None:
    assert check(asked(APIClient(), "GET", "/airports"))["status"] == 401
    bad = APIClient()
    bad.credentials(HTTP_AUTHORIZATION="Token 1")
    assert check(asked(bad, "GET", "/airports"))["status"] == 401
    assert check(asked(client_of("Viewers"), "POST", "/airports", b"{}"))["status"] == 403


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_a_worker_refused_is_read_by_each_in_their_language(manager: APIClient) -> None:
    import_id = received(body_of([citizen(1, town="a" * 257, gender="x"), citizen(1)]))
    assert load_received(import_id=import_id) == "failed"
    answers = asked(manager, "GET", f"/imports/{import_id}")
    rows = {language: answer.json()["data"] for language, answer in answers.items()}
    errors = {language: row.pop("errors") for language, row in rows.items()}
    for listed in errors.values():
        assert [(one["pointer"], one["code"]) for one in listed] == [
            ("/citizens/0/town", "too_long"),
            ("/citizens/0/gender", "invalid_choice"),
            ("/citizens/1/citizen_id", "duplicate"),
        ]
        assert [one.keys() for one in listed] == [{"pointer", "code", "detail"}] * 3
    assert rows["es"] == rows["ru"] == rows["en"]
    assert errors["es"][0]["detail"] == "es‹At most 256 characters are allowed.›"


def test_so_is_a_queued_create(manager: APIClient) -> None:
    queued = manager.put(
        "/create", {"name": "A", "latitude": 91, "longitude": 0, "x": 1}, format="json", HTTP_PREFER="respond-async"
    )
    assert drain_creates() == 1
    answers = asked(manager, "GET", queued.headers["Location"])
    told = {language: answer.json()["data"]["errors"] for language, answer in answers.items()}
    assert [one["detail"] for one in told["en"]] == ["A number from -90 to 90 is expected.", "There is no such field."]
    assert [one["detail"] for one in told["ru"]] == [f"ru‹{one['detail']}›" for one in told["en"]]


def test_rows_of_an_upload_that_were_left_out_are_told_in_every_language(manager: APIClient) -> None:
    content = (
        b"name,city,country,iata,icao,latitude,longitude,altitude,timezone,dst,tz,type,source\nA,,,,,99,0,,,,,,\nB\n"
    )
    path = "/upload?on_error=skip&dry_run=true"
    answers = asked(manager, "POST", path, content, content_type=CSV)
    told = {language: answer.json()["data"]["rejected"] for language, answer in answers.items()}
    assert [(one["line"], one["column"], one["code"], one["detail"]) for one in told["en"]] == [
        (2, "latitude", "out_of_range", "A number from -90 to 90 is expected."),
        (3, None, "wrong_number_of_cells", "13 cells are expected, and there are 1."),
    ]
    assert told["es"] == [one | {"detail": f"es‹{one['detail']}›"} for one in told["en"]]
    refused = asked(manager, "POST", "/upload", content, content_type=CSV)
    assert check(refused)["errors"][0]["detail"] == "latitude: A number from -90 to 90 is expected."


def test_an_answer_that_is_given_again_is_the_first_one(manager: APIClient) -> None:
    answers = asked(manager, "POST", "/imports", body_of([citizen(1)]), HTTP_IDEMPOTENCY_KEY="one")
    assert {answer.content for answer in answers.values()} == {answers["en"].content}
    again = asked(manager, "POST", "/imports", body_of([]), HTTP_IDEMPOTENCY_KEY="one")
    assert check(again)["status"] == 422


def test_of_a_hundred_thousand_errors_those_are_translated_that_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for = list[str]()

    def gettext(message: str) -> str:
        asked_for.append(message)
        return message

    monkeypatch.setattr(Text, "speaker", Speaker(gettext, Text.speaker.ngettext, str))
    body = body_of([citizen(number, town="", name="a" * 257) for number in range(1_000)])
    with pytest.raises(InvalidDocument) as refusal:
        read_exhaustively(body, max_citizens=1_000, rules=rules_on())
    assert (asked_for, refusal.value.more_errors) == ([], 1_900)
    told(refusal.value.errors)
    assert len(asked_for) == 100
