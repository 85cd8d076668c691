"""The page on which somebody says what the columns of a table are."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from config.common.privacy.models import ReadAudit
from config.common.problems import NoSpace
from config.common.spellings import fold
from config.common.tabular.read_workbook import Workbook
from config.common.wizard.models import KnownColumns
from imports.documents.formats import CSV, NDJSON, XLSX
from imports.fields import NAMES
from imports.models import Import, RawChunk, Source
from imports.services.erasing.delete_delivery import purge_deleted_deliveries
from imports.services.erasing.erase_bodies import DRAFTS_KEPT, forget_drafts
from imports.services.loading.load_received import load_received
from imports.services.loading.receive_delivery import receive_delivery
from imports.services.residents.find_person import bodies_not_searched
from tests.factories import people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.admin.wizard import chosen, guessed
from tests.imports.documents.tables import csv_of, rows_of, xlsx_of
from tests.imports.world import stored

pytestmark = pytest.mark.django_db(transaction=True)

UPLOAD = "/admin/imports/import/upload/"
FOREIGN = [f"Spalte {number}" for number in range(len(NAMES))]


def importer(name: str = "anna") -> Client:
    return browser(somebody("Importers", name))


def foreign(count: int = 3) -> list[list[Any]]:
    """A table whose header nobody knows."""
    return [FOREIGN, *rows_of(*people(count))[1:]]


def upload(client: Client, content: bytes, *, name: str = "delivery.csv", source: str = "padrón", **fields: str) -> str:
    """The page that a file leads to."""
    is_known = Source.objects.ids_of([fold(source)]).exists()
    form = {"file": SimpleUploadedFile(name, content), "source" if is_known else "new_source": source, **fields}
    answer = client.post(UPLOAD, form)
    assert answer.status_code == 302, text(answer)
    return str(answer.headers["Location"])


def draft() -> Import:
    return Import.objects.get(is_draft=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (csv_of(foreign(), delimiter=";", encoding="utf-16"), "semicolons between the cells, encoding UTF-16."),
        (csv_of([[*NAMES], *foreign()[1:]]), "commas between the cells, encoding"),
        (
            gzip.compress(csv_of(foreign(), delimiter="\t", encoding="utf-8-sig")),
            "tabs between the cells, encoding UTF-8.",
        ),
        (xlsx_of(foreign()), "Read as an Excel workbook."),
    ],
)
def test_a_table_is_no_delivery_before_its_columns_are_said(content: bytes, said: str) -> None:
    client = importer()
    page = upload(client, content)
    assert said in text(client.get(page))
    found = draft()
    assert (Import.objects.live().count(), found.body_size) == (0, len(content))
    assert load_received(import_id=found.pk) == "stopped"
    assert text(client.get(UPLOAD)).count(page) == 1


def test_the_columns_that_are_chosen_are_read_and_remembered_for_the_next_file_of_the_source() -> None:
    client, citizens = importer(), people(3)
    page = upload(client, csv_of([FOREIGN, *rows_of(*citizens)[1:]]))
    answer = client.post(page, {**chosen(client, page, *NAMES), "load": "1"}, follow=True)
    assert "The file is being checked" in text(answer)
    found = Import.objects.get()
    assert load_received(import_id=found.pk) == "complete"
    assert sorted(stored(found.pk)) == [one["citizen_id"] for one in citizens]
    assert (found.source, found.status) == ("padrón", "queued")

    again = upload(client, csv_of([[name.upper() for name in FOREIGN], *rows_of(*citizens)[1:]]))
    shown = text(client.get(again))
    assert "as for the last file of this source with this header" in shown
    assert list(guessed(client, again).values())[1:] == list(NAMES)
    other = upload(client, csv_of(foreign()), source="another")
    assert "as for the last file" not in text(client.get(other))
    assert FOREIGN[0] not in str(KnownColumns.objects.get().__dict__)


def test_a_header_that_is_known_is_chosen_already_and_its_first_rows_are_shown_as_they_would_be_read() -> None:
    client = importer()
    rows = rows_of(*people(12, gender="M"))
    rows[0] = [{"town": "Ciudad", "gender": "Sexo"}.get(name, name) for name in NAMES]
    rows[2][1], rows[12][7] = "", "H"
    page = upload(client, csv_of(rows))
    shown = text(client.get(page))
    assert list(guessed(client, page).values())[1:] == list(NAMES)
    assert [f"Line {line}" in shown for line in (2, 11, 12)] == [True, True, False]
    assert "<mark>(empty)</mark>" in shown
    assert "town (Ciudad, cell 2): This field is required." in shown


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (("town", *NAMES[1:]), "Two columns are said to be town."),
        (("", *NAMES[1:]), "No column is said to be citizen id."),
    ],
)
def test_columns_that_cannot_be_are_refused_in_a_sentence(columns: tuple[str, ...], sentence: str) -> None:
    client = importer()
    page = upload(client, csv_of(foreign()))
    assert sentence in text(client.post(page, {**chosen(client, page, *columns), "load": "1"}))
    assert draft().read_as is None
    # What need not be there may be left out.
    client.post(page, {**chosen(client, page, *NAMES[:8]), "load": "1"})
    assert load_received(import_id=Import.objects.get().pk) == "complete"


def test_what_was_chosen_for_other_columns_is_not_believed() -> None:
    client = importer()
    page = upload(client, csv_of(foreign()))
    data = chosen(client, page, *NAMES)
    answer = text(client.post(page, {**data, "delimiter": ";", "load": "1"}))
    assert "The columns are others now" in answer
    assert draft().is_draft


def test_a_file_in_two_tabs_is_loaded_once() -> None:
    client = importer()
    page = upload(client, csv_of(rows_of(*people(2))))
    data = {**chosen(client, page, *NAMES), "load": "1"}
    client.post(page, data)
    for answer in (client.post(page, data, follow=True), client.get(page, follow=True)):
        assert "This file is a delivery already" in text(answer)
    assert Import.objects.count() == 1


def test_a_file_that_is_gone_leads_back_to_the_upload() -> None:
    client = importer()
    page = upload(client, csv_of(foreign()))
    assert "nothing of it was loaded" in text(client.post(page, {"forget": "1"}, follow=True))
    assert "not kept any more" in text(client.get(page, follow=True))
    purge_deleted_deliveries()
    assert (Import.objects.count(), RawChunk.objects.count()) == (0, 0)

    page = upload(client, csv_of(foreign()))
    assert forget_drafts() == 0
    assert bodies_not_searched() == [draft().pk]
    Import.objects.update(created_at=timezone.now() - DRAFTS_KEPT)
    assert forget_drafts() == 1
    assert "not kept any more" in text(client.post(page, {"load": "1"}, follow=True))
    assert bodies_not_searched() == []


def test_a_draft_is_for_who_uploaded_it_and_a_look_at_it_leaves_a_trace() -> None:
    client = importer()
    page = upload(client, csv_of(foreign()))
    client.get(page)
    assert list(ReadAudit.objects.values_list("import_id", "citizen_id", "what")) == [(draft().pk, None, "listed")]
    other = browser(somebody("Managers"))
    assert "not kept any more" in text(other.get(page, follow=True))
    assert page not in text(other.get(UPLOAD))
    assert browser(somebody("Viewers")).get(page).status_code == 403
    unguarded = Client(enforce_csrf_checks=True)
    unguarded.force_login(User.objects.get(username="anna"))
    assert unguarded.post(page, {"forget": "1"}).status_code == 403


def test_the_encoding_and_the_sheet_can_be_said() -> None:
    client = importer()
    rows = rows_of(*people(1, town="Škvorec"))
    page = upload(client, csv_of(rows, encoding="cp1250"))
    assert "The encoding of the file is not certain" in text(client.get(page))
    shown = text(client.post(page, {"encoding": "cp1252", "read": "1"}))
    assert "encoding Windows-1252" in shown
    page = upload(client, xlsx_of(rows, before=["Notas"]))
    shown = text(client.get(page))
    assert '<option value="Hoja1">' in shown
    assert "citizen_id" in text(client.post(page, {"sheet": "Hoja1", "read": "1"}))


@pytest.mark.parametrize("before", [(), ("Notas",)])
def test_a_workbook_is_opened_once_a_page_and_one_sheet_of_it_is_read(
    monkeypatch: pytest.MonkeyPatch, before: tuple[str, ...]
) -> None:
    opened, read = list[int](), list[str]()
    first, then = Workbook.__init__, Workbook.rows

    def opening(book: Workbook, content: bytes) -> None:
        opened.append(len(content))
        first(book, content)

    def reading(book: Workbook, name: str = "") -> Any:
        read.append(name)
        return then(book, name)

    client = importer()
    content = xlsx_of(rows_of(*people(200)), before=list(before))
    monkeypatch.setattr(Workbook, "__init__", opening)
    monkeypatch.setattr(Workbook, "rows", reading)
    page = upload(client, content)
    sheet = "Hoja1" if before else ""
    steps: list[tuple[Callable[[], Any], str]] = [
        (lambda: client.get(page), "Hoja1" if before else people(1)[0]["town"]),
        (lambda: client.post(page, {"sheet": sheet, "read": "1"}), people(1)[0]["town"]),
    ]
    assert (len(opened), len(read)) == (1, int(not before))
    for step, said in steps:
        opened.clear()
        read.clear()
        assert said in text(step())
        assert (len(opened), len(read)) == (1, 1)


def test_what_is_no_table_at_all_is_said_before_it_is_loaded() -> None:
    client = importer()
    assert "This is no XLSX workbook" in text(client.get(upload(client, b"PK\x03\x04", name="a.xlsx")))
    assert "more than 100 columns" in text(client.get(upload(client, b"citizen_id,town," + b"a," * 200 + b"\n1,2\n")))


def test_a_header_alone_is_loaded_only_if_it_is_meant() -> None:
    client = importer()
    page = upload(client, csv_of([FOREIGN]))
    data = {**chosen(client, page, *NAMES), "load": "1"}
    assert "There are no rows under the header" in text(client.post(page, data))
    assert draft().is_draft
    client.post(page, {**data, "empty": "1"})
    assert not Import.objects.get().is_draft


def test_the_choice_to_stop_for_review_holds() -> None:
    client = importer()
    page = upload(client, csv_of(rows_of(*people(2))), review="on")
    client.post(page, {**chosen(client, page, *NAMES), "load": "1"})
    assert load_received(import_id=Import.objects.get().pk) == "checked"


def test_a_table_that_failed_for_its_columns_can_be_told_what_they_are() -> None:
    user = somebody("Importers", "anna")
    body = csv_of(foreign(2))
    found = receive_delivery(chunks=[body], media_type=CSV.media_type, source="api", actor=user)
    assert load_received(import_id=found.pk) == "failed"
    client = browser(user)
    page = f"/admin/imports/import/{found.pk}/columns/"
    assert page in text(client.get(f"/admin/imports/import/{found.pk}/change/"))
    client.post(page, {**chosen(client, page, *NAMES), "load": "1"})
    assert load_received(import_id=found.pk) == "complete"
    assert "This file is a delivery already" in text(client.get(page, follow=True))
    lines = receive_delivery(chunks=[b"{}"], media_type=NDJSON.media_type, actor=user)
    assert "delivery already" in text(client.get(f"/admin/imports/import/{lines.pk}/columns/", follow=True))


def test_a_full_disk_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise NoSpace("The database's disk has no room for this.")

    monkeypatch.setattr("config.common.db.disk.expect_room", full)
    form = {"file": SimpleUploadedFile("a.csv", csv_of(foreign())), "new_source": "padrón"}
    assert "no room for this" in text(importer().post(UPLOAD, form))
    assert Import.objects.count() == 0


@pytest.mark.parametrize(("form", "media_type"), [("xlsx", XLSX.media_type), ("csv", CSV.media_type)])
def test_the_template_is_a_delivery_that_loads(form: str, media_type: str) -> None:
    client = importer()
    answer: Any = client.get(f"/admin/imports/import/template.{form}")
    body = b"".join(answer) if answer.streaming else answer.content
    found = receive_delivery(chunks=[body], media_type=media_type, actor=None)
    assert load_received(import_id=found.pk) == "complete"
    assert [row["relatives"] for row in stored(found.pk).values()] == [[2], [1]]
    assert browser(somebody("Viewers")).get(f"/admin/imports/import/template.{form}").status_code == 403
