"""Every file of the table, by every way in: the same is read, and the same is said."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from rest_framework.test import APIClient

from config.common.problems import FieldError
from imports.documents.formats import kind_of
from imports.documents.words import words
from imports.models import Import
from imports.services.loading.load_received import load_received
from tests.documentation import shown
from tests.imports.admin.people import browser, somebody, text
from tests.imports.admin.wizard import guessed
from tests.imports.office_files import FILES, SPANISH, OfficeFile, table
from tests.imports.spots import spots, spots_of
from tests.imports.world import counts, stored
from tests.server import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

BY_NAME = pytest.mark.parametrize("file", FILES.values(), ids=FILES)
# What people are asked before anything is loaded; a column that nobody knows is one that is not used.
BEFORE_COLUMNS = {"no_header", "missing_column", "unknown_encoding", "malformed_workbook"}
ASKED = "it would empty the current picture"


def assert_read(file: OfficeFile) -> None:
    """All of them, in the newest delivery."""
    found = Import.objects.latest("pk")
    assert (found.status, list(stored(found.pk).values())) == ("complete", file.read)


@BY_NAME
def test_by_the_api(file: OfficeFile, manager: APIClient) -> None:
    format, encoding = kind_of(file.body, name=file.name)
    headers: Any = {"HTTP_CONTENT_ENCODING": encoding} if encoding else {}
    answer = manager.post("/imports", file.body, content_type=format.media_type, **headers)
    if file.read is not None:
        assert answer.status_code == 201, answer.content
        return assert_read(file)
    assert (answer.status_code, tuple(spots_of(answer)), counts()) == (400, file.said, (0, 0))
    return None


@BY_NAME
def test_by_the_admin(file: OfficeFile) -> None:
    client = browser(somebody("Managers"))

    def send(**fields: str) -> str:
        form = {"file": SimpleUploadedFile(file.name, file.body), "new_source": "padrón", **fields}
        return text(client.post("/admin/imports/import/upload/", form, follow=True))

    shown = send()
    assert (ASKED in shown, counts()[0]) == ((True, 0) if file.read == [] else (False, 1))
    if file.read == []:
        send(empty="on")
    found = Import.objects.get()
    if found.is_draft:
        page = f"/admin/imports/import/{found.pk}/columns/"
        client.post(page, {**guessed(client, page), "load": "1"})
        found.refresh_from_db()
    # There is nothing to load yet: the page says what is wrong, and asks.
    assert found.is_draft == bool({code for _, code in file.said} & BEFORE_COLUMNS)
    if found.is_draft:
        return None
    load_received(import_id=found.pk)
    if file.said and file.said[0][1] == "unknown_column":
        return assert_read(replace(file, read=SPANISH))
    if file.read is not None:
        return assert_read(file)
    found.refresh_from_db()
    said = tuple(spots(FieldError.from_stored(error) for error in found.errors))
    assert (found.status, said, counts()) == ("failed", file.said, (1, 0))
    return None


@BY_NAME
def test_by_the_command(file: OfficeFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / file.name
    path.write_bytes(file.body)
    if not file.read:
        with pytest.raises(CommandError):
            call_command("import_citizens", str(path))
        told = capsys.readouterr()
        assert (ASKED in told.out, counts()) == (file.read == [], (0, 0))
        for place, _ in file.said:
            number = re.search(r"\d+", place)
            assert f"{file.name}:{number[0]}: " in told.err if number else file.name in told.err
    if file.read is not None:
        call_command("import_citizens", "--empty", str(path))
        assert_read(file)


def test_the_documentation_shows_the_table() -> None:
    assert shown("imports.md") == table()


def test_the_documentation_names_every_word_of_a_table() -> None:
    page = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")
    for part in words().values():
        for value, by_language in part.items():
            assert f"| `{value}` | {' | '.join(', '.join(some) for some in by_language.values())} |" in page
