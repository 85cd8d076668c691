"""The page that takes a delivery as a file."""

import gzip
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from imports.documents.formats import HEAD_BYTES
from imports.models import Import, Source
from imports.services.loading.load_received import load_received
from imports.services.naming.change_named import create_named
from imports.services.raw_bodies import read_body
from tests.factories import people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.documents.tables import csv_of, rows_of
from tests.imports.world import body_of, load

pytestmark = pytest.mark.django_db

PAGE = "/admin/imports/import/upload/"
LINES = "\n".join(map(json.dumps, people(3))).encode()
FILES = {
    "a document": (body_of(people(3)), "application/json", ""),
    "a document with blanks": (b' {\n "citizens" : []}', "application/json", ""),
    "lines": (LINES, "application/x-ndjson", ""),
    "a compressed document": (gzip.compress(body_of(people(3))), "application/json", "gzip"),
    "compressed lines": (gzip.compress(LINES), "application/x-ndjson", "gzip"),
    "neither": (b"who lives where", "application/json", ""),
    "broken gzip": (b"\x1f\x8bxxxx", "application/x-ndjson", "gzip"),
}


def send(client: Client, content: bytes, **fields: str) -> str:
    form = {"file": SimpleUploadedFile("delivery", content), "new_source": "padrón", **fields}
    answer = client.post(PAGE, form, follow=True)
    assert answer.status_code == 200
    return text(answer)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_kept_as_it_is_and_waits_for_a_worker(name: str) -> None:
    content, media_type, encoding = FILES[name]
    user = somebody("Importers")
    shown = send(browser(user), content, review="on", empty="on")
    found = Import.objects.get()
    assert b"".join(read_body(found.pk)) == content
    assert (found.status, found.source, found.stops_when_checked) == ("queued", "padrón", True)
    assert (found.media_type, found.content_encoding, found.created_by) == (media_type, encoding, user)
    assert "From padrón, delivered by Importers" in shown


@pytest.mark.parametrize("role", ["Viewers", "Editors"])
def test_others_see_no_button_and_are_refused(role: str) -> None:
    client = browser(somebody(role))
    assert "import/upload/" not in text(client.get("/admin/imports/import/"))
    assert (client.post(PAGE, {}).status_code, Import.objects.count()) == (403, 0)


def test_a_file_beyond_the_limit_of_the_api_leaves_nothing(settings: Settings) -> None:
    settings.IMPORT_MAX_BYTES = 10
    assert "10 bytes at most" in send(browser(somebody("Managers")), body_of(people(1)))
    assert Import.objects.count() == 0


BLANK = b" " * HEAD_BYTES
NOBODY = {
    "a document": b'{"citizens": [' + BLANK + b"]}",
    "lines": BLANK + b"\n\n",
    "a table": csv_of(rows_of()) + b",,,\r\n" * HEAD_BYTES,
}


@pytest.mark.parametrize("name", NOBODY)
def test_people_are_asked_about_a_file_of_nobody_however_large_it_is(name: str) -> None:
    client, content = browser(somebody("Importers")), NOBODY[name]
    assert len(content) > HEAD_BYTES
    assert "it would empty the current picture" in send(client, content)
    assert Import.objects.count() == 0
    send(client, content, empty="on")
    assert Import.objects.count() == 1


def test_a_source_without_letter_or_digit_is_refused() -> None:
    assert "1 to 64 characters" in send(browser(somebody("Managers")), b"{}", new_source="--")
    assert Import.objects.count() == 0


def test_it_offers_sources_and_says_what_a_delivery_of_each_replaces() -> None:
    first, other = load(people(3), source="consulates"), load(people(1), source="embassies")
    Import.objects.update(created_at="2026-11-03T10:00:00Z")
    create_named(Source, values={"name": "padrón"}, actor=None)
    create_named(Source, values={"name": "others'", "uploaders": [somebody("Managers").username]}, actor=None)
    shown = browser(somebody("Importers")).get(PAGE).content.decode()
    assert f"consulates: replaces delivery {first} of 3 November 2026 (3 residents)" in shown
    assert f"embassies: replaces delivery {other} of 3 November 2026 (1 resident)" in shown
    assert ("padrón: replaces nothing" in shown, "others" in shown) == (True, False)


def test_a_new_source_is_a_step_of_its_own_and_no_second_spelling_of_one(settings: Settings) -> None:
    load(people(1), source="consulates")
    client = browser(somebody("Managers"))
    refusals = {
        "There is such a source": {"new_source": " Consulates"},
        "Choose a source, or name a new one": {"new_source": ""},
        "Select a valid choice": {"new_source": "", "source": "Kyiv"},
    }
    for sentence, fields in refusals.items():
        assert sentence in send(client, b"{}", **fields)
    both = send(client, b"{}", new_source="new", source="consulates")
    assert ("Choose a source, or name a new one" in both, Import.objects.count()) == (True, 1)
    send(client, b"{}", new_source="", source="consulates")
    assert [*Import.objects.values_list("source", flat=True)] == ["consulates"] * 2
    settings.IMPORT_NEW_SOURCES = False
    assert "new_source" not in client.get(PAGE).content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_takes_more_than_a_tenth_away_waits_for_a_look() -> None:
    load(people(20), source="consulates")
    client = browser(somebody("Importers"))
    outcomes = []
    for count in (18, 17):
        send(client, body_of(people(20)[:count]), new_source="", source="consulates")
        outcomes.append(load_received(import_id=Import.objects.latest("pk").pk))
        Import.objects.filter(pk=Import.objects.latest("pk").pk).update(status="cancelled")
    assert outcomes == ["complete", "checked"]
