"""POST /imports with one citizen a line: answers, encodings, limits, repetition."""

import gzip
import json
import zlib
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from rest_framework.test import APIClient

from config.common.idempotency.models import IdempotencyKey
from imports.documents.formats import FORMATS
from imports.documents.lines import MAX_LINE_BYTES
from imports.models import Import
from tests.factories import alike
from tests.imports.documents.builders import citizen
from tests.imports.spots import spots_of
from tests.imports.world import counts, problem, stored

pytestmark = pytest.mark.django_db

LINES = "application/x-ndjson"


def lines(*citizens: Any) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in citizens)


GOOD = lines(citizen(1, relatives=[2]), citizen(2, relatives=[1]))


def post(client: APIClient, body: bytes, url: str = "/imports", *, content_type: str = LINES, **headers: str) -> Any:
    return client.post(url, body, content_type=content_type, headers=headers)


def refused(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    """The status, and where the errors are, of an answer after which nothing is stored."""
    assert counts() == (0, 0)
    return problem(answer)[0], spots_of(answer)


@pytest.mark.parametrize("content_type", [LINES, "Application/X-NDJSON", f"{LINES}; charset=utf-8"])
def test_it_is_answered_as_a_document_is(manager: APIClient, content_type: str) -> None:
    answer = post(manager, GOOD, "/imports?source=Kyiv&on_error=fail", content_type=content_type)
    made = Import.objects.get()
    assert (answer.status_code, answer.json()) == (201, {"data": {"import_id": made.pk}})
    assert answer.headers["Location"] == f"/imports/{made.pk}"
    assert (made.status, made.source, made.citizen_count) == ("complete", "Kyiv", 2)
    assert made.created_by == User.objects.get(username="managers")
    assert stored(made.pk)[2]["relatives"] == [1]


def test_there_is_no_limit_to_their_number_or_size(manager: APIClient, settings: Settings) -> None:
    settings.IMPORT_MAX_CITIZENS = settings.IMPORT_MAX_BYTES = 1
    assert post(manager, GOOD).status_code == 201


def test_errors_name_the_line_and_the_field(manager: APIClient) -> None:
    body = lines(citizen(1), citizen(2, birth_date="31.02.1990"), citizen(1)) + b"\ngarbage"
    assert refused(post(manager, body)) == (
        400,
        [("line 2/birth_date", "invalid_date"), ("line 3/citizen_id", "duplicate"), ("line 4", "malformed_json"),
         ("line 5", "malformed_json")],
    )  # fmt: skip


def test_a_hundred_errors_are_listed_and_the_rest_is_counted(manager: APIClient) -> None:
    answer = post(manager, b"{}x\n" * 150)
    assert (len(answer.json()["errors"]), answer.json()["more_errors"]) == (100, 50)


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(GOOD),
        b"".join(gzip.compress(GOOD[start : start + 50]) for start in range(0, len(GOOD), 50)),
        gzip.compress(b"") + gzip.compress(GOOD) + gzip.compress(b""),
    ],
)
def test_it_may_be_compressed(manager: APIClient, packed: bytes) -> None:
    assert post(manager, packed, **{"Content-Encoding": "gzip"}).status_code == 201


@pytest.mark.parametrize(
    "packed", [b"", b"x", GOOD, gzip.compress(GOOD)[:-1], gzip.compress(GOOD) + b"x", zlib.compress(GOOD)]
)
def test_what_is_not_gzip_is_refused(manager: APIClient, packed: bytes) -> None:
    assert refused(post(manager, packed, **{"Content-Encoding": "gzip"})) == (400, [("", "malformed_gzip")])


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip"])
def test_another_encoding_is_refused(manager: APIClient, encoding: str) -> None:
    assert refused(post(manager, GOOD, **{"Content-Encoding": encoding}))[0] == 415


@pytest.mark.parametrize("content_type", ["application/ndjson", "application/x-www-form-urlencoded"])
def test_another_type_is_refused(manager: APIClient, content_type: str) -> None:
    answer = post(manager, GOOD, content_type=content_type)
    assert refused(answer)[0] == 415
    assert answer.json()["detail"] == f"Send {' or '.join(FORMATS)}."


@pytest.mark.parametrize("filler", [b"\n", b" ", lines(citizen(1))])
def test_a_bomb_is_refused_by_its_ratio(manager: APIClient, settings: Settings, filler: bytes) -> None:
    settings.STREAM_MAX_RATIO = 5
    bomb = gzip.compress(filler * (20 * 2**20 // len(filler)))
    answer = post(manager, bomb, **{"Content-Encoding": "gzip"})
    assert refused(answer) == (413, [])
    assert answer.json()["detail"] == "The body may unpack to 5 times its size at most."


def test_a_bomb_is_refused_by_its_size(manager: APIClient, settings: Settings) -> None:
    settings.STREAM_MAX_BYTES = 2_000_000
    answer = post(manager, gzip.compress(lines(*alike(10_000))), **{"Content-Encoding": "gzip"})
    assert refused(answer) == (413, [])
    assert answer.json()["detail"] == "The body may have 2,000,000 bytes at most."


def test_residents_who_are_much_alike_are_no_bomb(manager: APIClient) -> None:
    packed = gzip.compress(lines(*alike(20_000)), compresslevel=9)
    assert post(manager, packed, **{"Content-Encoding": "gzip"}).status_code == 201


def test_a_line_may_have_a_mebibyte_at_most(manager: APIClient) -> None:
    long = b'{"citizen_id": 7, "name": "' + b"a" * MAX_LINE_BYTES + b'"}\n'
    assert refused(post(manager, GOOD + long + b"{]")) == (
        400,
        [("line 3", "line_too_long"), ("line 4", "malformed_json")],
    )


def test_no_line_can_be_skipped(manager: APIClient) -> None:
    answer = post(manager, GOOD, "/imports?on_error=skip")
    assert refused(answer) == (400, [("?on_error", "invalid_choice")])
    assert answer.json()["errors"][0]["detail"] == "A delivery is all or nothing: no citizen can be skipped."


def test_it_waits_for_a_review_in_the_background_only(manager: APIClient) -> None:
    assert refused(post(manager, GOOD, "/imports?review=true"))[1] == [("?review", "needs_respond_async")]


@pytest.mark.parametrize(
    ("role", "status"), [("Viewers", 403), ("Editors", 403), ("Importers", 201), ("Managers", 201)]
)
def test_who_may_load(client_of: Any, role: str, status: int) -> None:
    assert post(client_of(role), GOOD).status_code == status


KEY = {"Idempotency-Key": "k"}


def test_a_key_carries_it_out_once(manager: APIClient) -> None:
    first, again = post(manager, GOOD, **KEY), post(manager, GOOD, **KEY)
    assert (first.json(), first.headers["Location"]) == (again.json(), again.headers["Location"])
    assert (again.status_code, again.headers["Idempotent-Replayed"], counts()) == (201, "true", (1, 2))


@pytest.mark.parametrize("end", [b"\n", b" "])
def test_a_key_belongs_to_every_byte(manager: APIClient, end: bytes) -> None:
    assert post(manager, GOOD, **KEY).status_code == 201
    assert post(manager, GOOD + end, **KEY).status_code == 422


def test_a_refusal_frees_the_key(manager: APIClient) -> None:
    assert post(manager, GOOD + b"x", **KEY).status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert post(manager, GOOD, **KEY).status_code == 201
