"""The page that takes a delivery as a file."""

import gzip
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from imports.models import Import
from imports.services.raw_bodies import read_body
from tests.factories import people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import body_of

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
    form = {"file": SimpleUploadedFile("delivery", content), "source": "padrón", **fields}
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


def test_a_source_without_letter_or_digit_is_refused() -> None:
    assert "1 to 64 characters" in send(browser(somebody("Managers")), b"{}", source="--")
    assert Import.objects.count() == 0
