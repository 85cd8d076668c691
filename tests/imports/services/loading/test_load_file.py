"""Deliveries from files: what they are is seen from their contents, and nothing is half-stored."""

import gzip
import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from rest_framework.test import APIClient

from config.common.problems import InvalidInput, TooLarge
from imports.models import Import
from imports.services.loading.load_empty import EmptyDelivery
from imports.services.loading.load_file import LoadedFile, load_file
from tests.factories import alike, people
from tests.imports.spots import spots
from tests.imports.world import body_of, counts, lines_of, stored

pytestmark = pytest.mark.django_db

TWO = people(2)
PRETTY = json.dumps({"citizens": TWO}, indent=2).encode()


def load_bytes(body: bytes, name: str = "a", **options: Any) -> LoadedFile:
    return load_file(file=io.BufferedReader(io.BytesIO(body)), name=name, actor=options.pop("actor", None), **options)


BODIES = {
    "document": body_of(TWO),
    "document of several lines": PRETTY,
    "lines": lines_of(TWO),
    "a line without its end": lines_of(TWO[:1])[:-1],
}


@pytest.mark.parametrize("name", ["a", "a.json", "a.ndjson", "a.json.gz", "-"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("packed", [False, True])
def test_contents_are_recognised_whatever_the_name_is(name: str, body: bytes, packed: bool) -> None:
    loaded = load_bytes(gzip.compress(body) if packed else body, name)
    assert loaded.import_id is not None
    assert stored(loaded.import_id) == {one["citizen_id"]: one for one in TWO[: loaded.residents]}


@pytest.mark.parametrize(
    ("body", "name", "pointer"),
    [
        (b'{\n "citizen": []\n}', "a.json", "/citizen"),
        (b'{\n "citizen": []\n}', "a.JSON.gz", "/citizen"),
        (b'{\n "citizen": []\n}', "a.ndjson", "line 1"),
        (b'{"citizens": [{"town": 1}]}', "a.ndjson", "/citizens/0/town"),
        (b'{"town": 1}', "a.json", "line 1/town"),
        (b"\x00", "a", ""),
        (b"[]", "a.ndjson", "line 1"),
        (b"", "a.json", ""),
        (gzip.compress(b"", mtime=0), "a.json.gz", ""),
        (b"\x1f\x8b", "a", ""),
        (gzip.compress(lines_of(TWO))[:-1], "a", ""),
    ],
    ids=range(11),
)
def test_what_is_wrong_is_told_as_what_it_was_taken_for(body: bytes, name: str, pointer: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        load_bytes(body, name)
    assert pointer in [spot for spot, _ in spots(refusal.value.errors)]
    assert counts() == (0, 0)


def test_an_empty_file_of_lines_is_a_delivery_of_nobody_as_the_api_has_it(manager: APIClient) -> None:
    with pytest.raises(EmptyDelivery):
        load_bytes(b"", "a.ndjson")
    assert load_bytes(b"", "a.ndjson", may_be_empty=True).residents == 0
    assert manager.post("/imports", b"", content_type="application/x-ndjson").status_code == 201


def test_a_document_has_the_limits_of_a_document(settings: Settings) -> None:
    settings.IMPORT_MAX_BYTES = 100
    with pytest.raises(TooLarge):
        load_bytes(body_of(TWO))
    assert load_bytes(lines_of(TWO)).residents == 2


@pytest.mark.parametrize("body", [body_of(TWO), lines_of(TWO)], ids=["document", "lines"])
def test_a_dry_run_stores_nothing(body: bytes) -> None:
    assert load_bytes(body, dry_run=True) == LoadedFile(None, 2)
    assert counts() == (0, 0)


WRONG = {"one-sided": lines_of([TWO[0] | {"relatives": [2]}, TWO[1]]), "twice": lines_of([TWO[0], TWO[0]])}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_a_dry_run_finds_what_only_the_whole_shows(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        load_bytes(body, dry_run=True)


def test_the_import_has_its_source_and_its_maker(superuser: User) -> None:
    load_bytes(lines_of(TWO), source="Kyiv", actor=superuser)
    made = Import.objects.get()
    assert (made.source, made.created_by, made.status) == ("Kyiv", superuser, "complete")


def test_progress_is_told_in_bytes_and_residents_and_may_stop_it() -> None:
    body = lines_of(alike(5_000))
    told: list[tuple[int, int]] = []
    load_bytes(body, on_progress=lambda size, residents: told.append((size, residents)))
    assert told == sorted(told)
    assert told[-1] == (len(body), 5_000)

    def stop(size: int, residents: int) -> None:
        if residents:
            raise KeyError(size)

    before = counts()
    with pytest.raises(KeyError):
        load_bytes(body, on_progress=stop)
    assert counts() == before
