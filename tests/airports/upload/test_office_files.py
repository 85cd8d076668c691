"""Every file of the table, by the API, the admin and the command: the same is read, and the same is said."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from rest_framework.test import APIClient

from airports.models import Airport
from tests.airports.upload.office_files import FILES, READ, table
from tests.documentation import shown
from tests.imports.admin.people import browser, somebody

pytestmark = pytest.mark.django_db

Errors = list[tuple[str, str]]
EACH = pytest.mark.parametrize(("content", "said"), FILES.values(), ids=FILES)


def stored() -> list[dict[str, Any]]:
    """What is stored of each airport, of the fields that are told."""
    return list(Airport.objects.values(*READ))


def expected(said: Errors) -> list[dict[str, Any]]:
    return [] if said else [READ]


@EACH
def test_by_the_api(content: bytes, said: Errors, client_of: Any) -> None:
    client: APIClient = client_of("Editors")
    answer = client.post("/upload", content, content_type="text/csv")
    assert (answer.status_code, stored()) == (400 if said else 201, expected(said))
    assert [(error["pointer"], error["detail"]) for error in answer.json().get("errors", [])] == said


@EACH
def test_by_the_admin(content: bytes, said: Errors) -> None:
    client: Client = browser(somebody("Editors"))
    form = {"file": SimpleUploadedFile("a.csv", content), "on_error": "fail"}
    answer = client.post("/admin/airports/airport/upload/", form, follow=True)
    assert [detail in answer.content.decode() for _, detail in said] == [True] * len(said)
    assert stored() == expected(said)


@EACH
def test_by_the_command(content: bytes, said: Errors, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    if said:
        with pytest.raises(CommandError):
            call_command("load_airports", str(file))
        told = capsys.readouterr().err
        assert [f"{pointer}: {detail}" in told for pointer, detail in said] == [True] * len(said)
    else:
        call_command("load_airports", str(file))
    assert stored() == expected(said)


def test_the_documentation_shows_the_table() -> None:
    assert shown("airports.md") == table()
