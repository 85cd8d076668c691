"""POST /imports: bodies as a whole. Types, encodings, sizes, and bytes that are no document."""

import gzip
import json
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from imports.models import Citizen, Import
from imports.services.loading.load_received import load_received
from tests.imports.documents.builders import citizen, document
from tests.imports.world import counts, problem

pytestmark = pytest.mark.django_db

GOOD = document(citizen(1, relatives=[2]), citizen(2, relatives=[1]))
MALFORMED = (400, [("", "malformed_json")])


def post(client: APIClient, body: bytes, *, content_type: str = "application/json", **headers: str) -> Any:
    return client.post("/imports", body, content_type=content_type, headers=headers)


def refused(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    """Status and errors of an answer after which nothing is stored."""
    assert counts() == (0, 0)
    return problem(answer)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        GOOD[:-1],
        GOOD[: len(GOOD) // 2],
        GOOD + b"x",
        GOOD + GOOD,
        GOOD.replace(b"Tolst", b"").replace(b"male", b"ma\xff"),
        GOOD.replace(b"male", b"\xed\xa0\x80"),
        GOOD.replace(b'"apartment": 7', b'"apartment": NaN'),
        GOOD.replace(b'"apartment": 7', b'"apartment": Infinity'),
        GOOD.replace(b'"apartment": 7', b'"apartment": 07'),
        GOOD.replace(b'"', b"'"),
        GOOD.replace(b"]}", b"],}"),
        b"\x00" + GOOD,
        b"--\x00\xff",
        BOM_UTF8,
        BOM_UTF8 * 2 + GOOD,
        BOM_UTF8 + GOOD.decode().encode("utf-16-le"),
        GOOD.decode().encode("utf-16-le"),
        GOOD.decode().encode("utf-16")[:-1],
        GOOD.decode().encode("utf-16").replace(b"m\x00", b"\x00\xd8"),
        GOOD.decode().encode("utf-32"),
    ],
)
def test_what_is_not_json_is_refused(manager: APIClient, body: bytes) -> None:
    assert refused(post(manager, body)) == MALFORMED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "body",
    [
        BOM_UTF8 + GOOD,
        BOM_UTF16_LE + GOOD.decode().encode("utf-16-le"),
        BOM_UTF16_BE + GOOD.decode().encode("utf-16-be"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"Prefer": "respond-async"}], ids=["at once", "later"])
def test_a_byte_order_mark_says_how_to_read_on(manager: APIClient, body: bytes, headers: dict[str, str]) -> None:
    assert post(manager, body, **headers).status_code == (202 if headers else 201)
    if headers:
        load_received(import_id=Import.objects.get().pk)
    assert counts() == (1, 2)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"citizens":', "}")])
def test_ten_thousand_levels_are_refused(manager: APIClient, opening: str, closing: str) -> None:
    body = opening * 10_000 + "1" + closing * 10_000
    assert refused(post(manager, body.encode())) == (400, [("", "too_deep")])


def test_deep_nesting_inside_a_citizen_is_refused(manager: APIClient) -> None:
    body = GOOD.replace(b'"apartment": 7', b'"apartment": ' + b"[" * 10_000 + b"]" * 10_000)
    assert refused(post(manager, body)) == (400, [("", "too_deep")])


def test_of_a_repeated_key_the_last_value_counts(manager: APIClient) -> None:
    body = document(citizen(1)).replace(b'"apartment": 7', b'"apartment": "x", "apartment": 9')
    assert post(manager, body).status_code == 201
    assert Citizen.objects.get().apartment == 9


def test_of_a_repeated_key_a_wrong_last_value_is_refused(manager: APIClient) -> None:
    body = document(citizen(1)).replace(b'"apartment": 7', b'"apartment": 9, "apartment": "x"')
    assert refused(post(manager, body)) == (400, [("/citizens/0/apartment", "invalid_type")])


def test_a_repeated_list_of_citizens_counts_once(manager: APIClient) -> None:
    body = b'{"citizens": [1, 2], "citizens": [' + json.dumps(citizen(5)).encode() + b"]}"
    assert post(manager, body).status_code == 201
    assert Citizen.objects.get().citizen_id == 5


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "text/tab-separated-values",
        "application/jsonp",
        "multipart/form-data; boundary=x",
    ],
)
def test_another_content_type_is_415(manager: APIClient, content_type: str) -> None:
    assert refused(post(manager, GOOD, content_type=content_type)) == (415, [])


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", " application/json ;x=y"]
)
def test_json_may_carry_parameters(manager: APIClient, content_type: str) -> None:
    assert post(manager, GOOD, content_type=content_type).status_code == 201


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd", "x"])
def test_another_encoding_is_415(manager: APIClient, encoding: str) -> None:
    assert refused(post(manager, GOOD, content_encoding=encoding)) == (415, [])


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", " gzip "])
def test_gzip_is_read(manager: APIClient, encoding: str) -> None:
    assert post(manager, gzip.compress(GOOD), content_encoding=encoding).status_code == 201


def test_gzip_may_have_several_members(manager: APIClient) -> None:
    packed = gzip.compress(GOOD[:10]) + gzip.compress(b"") + gzip.compress(GOOD[10:])
    assert post(manager, packed, content_encoding="gzip").status_code == 201
    assert counts() == (1, 2)


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        b"",
        gzip.compress(GOOD)[:-1],
        gzip.compress(GOOD)[:20],
        gzip.compress(GOOD) + b"garbage",
        gzip.compress(GOOD)[:-8] + b"\0\0\0\0\0\0\0\0",
        zlib.compress(GOOD),
    ],
    ids=["plain", "empty", "cut", "cut early", "trailing garbage", "wrong checksum", "zlib"],
)
def test_broken_gzip_is_refused(manager: APIClient, body: bytes) -> None:
    assert refused(post(manager, body, content_encoding="gzip")) == (400, [("", "malformed_gzip")])


def test_a_body_at_the_limit_is_read_and_one_beyond_is_413(manager: APIClient, settings: Settings) -> None:
    settings.IMPORT_MAX_BYTES = len(GOOD)
    assert refused(post(manager, GOOD + b" ")) == (413, [])
    assert post(manager, GOOD).status_code == 201


def test_what_gzip_expands_to_has_the_same_limit(manager: APIClient, settings: Settings) -> None:
    settings.IMPORT_MAX_BYTES = 2_000_000
    packed = gzip.compress(GOOD + b" " * 2_000_000)
    assert len(packed) < 10_000
    assert refused(post(manager, packed, content_encoding="gzip")) == (413, [])


def test_the_size_is_refused_before_the_content(manager: APIClient, settings: Settings) -> None:
    settings.IMPORT_MAX_BYTES = 10
    assert refused(post(manager, b"x" * 11)) == (413, [])


def test_as_many_citizens_as_the_setting_says_are_read(manager: APIClient, settings: Settings) -> None:
    settings.IMPORT_MAX_CITIZENS = 2
    assert refused(manager.post("/imports", {"citizens": [citizen(1), citizen(2), citizen(3)]})) == (413, [])
    assert refused(manager.post("/imports", {"citizens": [1, 2, 3]})) == (413, [])
    assert manager.post("/imports", {"citizens": [citizen(1), citizen(2)]}).status_code == 201


def test_an_empty_delivery_is_fine(manager: APIClient) -> None:
    answer = manager.post("/imports", {"citizens": []})
    assert answer.status_code == 201
    stored = Import.objects.get()
    assert answer.json() == {"data": {"import_id": stored.pk}}
    assert answer["Location"] == f"/imports/{stored.pk}"
    assert manager.get(f"{answer['Location']}/citizens").getvalue() == b'{"data": []}'


def test_the_import_says_what_was_loaded_and_by_whom(manager: APIClient) -> None:
    answer = post(manager, GOOD)
    row = manager.get(answer["Location"]).json()["data"]
    assert (row.pop("created_at")[-1], row.pop("completed_at")[-1]) == ("Z", "Z")
    assert row == {
        "import_id": answer.json()["data"]["import_id"],
        "source": "default",
        "status": "complete",
        "citizens": 2,
        "processed": 2,
        "errors": [],
        "more_errors": 0,
        "created_by": "managers",
        "review": None,
    }
