"""The wrong rows of a delivery in the admin: seen, taken away, mended, or left out."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from config.common.privacy.models import ReadAudit
from imports.documents.formats import CSV
from imports.fields import NAMES
from imports.models import Import
from imports.services.erasing.erase_bodies import erase_old_bodies
from imports.services.erasing.erase_delivery import erase_delivery
from imports.services.loading.load_received import load_received
from tests.factories import people, relate
from tests.imports.admin.people import browser, somebody, text
from tests.imports.documents.tables import csv_of, rows_of
from tests.imports.world import received, stored

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = 3


@pytest.fixture
def found() -> Import:
    """A delivery of Anna's: one of three residents is wrong, and is a relative of another."""
    citizens = relate(people(COUNT), "relatives", (1, 2))
    citizens[1] |= {"town": "", "name": "=cmd|'/c calc'!A1"}
    import_id = received(csv_of(rows_of(*citizens)), media_type=CSV.media_type, actor=somebody("Importers", "anna"))
    assert load_received(import_id=import_id) == "failed"
    return Import.objects.get(pk=import_id)


def anna(found: Import) -> Client:
    return browser(found.created_by)  # type: ignore[arg-type]  # the fixture has one


def path(found: Import, name: str) -> str:
    return f"/admin/imports/import/{found.pk}/{name}/"


def workbook(client: Client, found: Import) -> Any:
    answer: Any = client.get(path(found, "rejected"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="delivery-{found.pk}-wrong-rows.xlsx"'
    return load_workbook(io.BytesIO(b"".join(answer)))


def test_the_page_shows_each_wrong_row_with_its_cell_marked_and_the_reason_beside_it(found: Import) -> None:
    shown = text(anna(found).get(path(found, "change")))
    assert "1 of 3 rows is wrong" in shown
    assert "<mark>(empty)</mark>" in shown
    assert "1 of 1 wrong row shown." in shown
    assert "<li>town: This field is required.</li>" in shown
    assert "lose that name" in shown
    assert ReadAudit.objects.filter(what="refused", import_id=found.pk, format="page").count() == 1


def test_who_may_not_see_the_residents_sees_no_row(found: Import) -> None:
    other = browser(somebody("Importers", "boris"))
    assert "wizard-rows" not in text(other.get(path(found, "change")))
    assert [other.get(path(found, name)).status_code for name in ("rejected", "correct")] == [404, 404]
    assert browser(somebody("Viewers")).get(path(found, "rejected")).status_code == 403
    assert ReadAudit.objects.count() == 0


def test_the_wrong_rows_are_taken_away_mended_and_sent_again(found: Import) -> None:
    client = anna(found)
    book = workbook(client, found)
    assert ReadAudit.objects.filter(what="refused", format="xlsx").count() == 1
    sheet = book.active
    assert [cell.value for cell in sheet[1]][-1] == "What is wrong"
    assert sheet["F2"].data_type == "s"
    sheet.cell(2, NAMES.index("town") + 1).value = "Kyiv"
    file = io.BytesIO()
    book.save(file)
    data = {"file": SimpleUploadedFile("rows.xlsx", file.getvalue())}
    answer = client.post(path(found, "correct"), data, follow=True)
    assert "1 corrected row and 2 good ones are a new delivery." in text(answer)
    made = Import.objects.latest("id")
    assert (made.created_by, load_received(import_id=made.pk)) == (found.created_by, "complete")
    assert (len(stored(made.pk)), stored(made.pk)[1]["relatives"]) == (COUNT, [2])


def test_a_file_that_corrects_nothing_is_refused_where_it_was_chosen(found: Import) -> None:
    client = anna(found)
    rows = csv_of([*rows_of(*people(1)), [1] * 20])
    for content, sentence in ((b"{}", "An Excel workbook"), (rows, "There are more cells than columns, 11.")):
        answer = client.post(path(found, "correct"), {"file": SimpleUploadedFile("rows", content)})
        assert sentence in text(answer)
    assert Import.objects.count() == 1


def test_the_good_rows_alone_are_a_choice_and_the_delivery_says_so(found: Import) -> None:
    client = anna(found)
    answer = text(client.post(path(found, "step"), {"step": "good"}, follow=True))
    assert "queued again, without its wrong rows" in answer
    assert load_received(import_id=found.pk) == "complete"
    assert {one: row["relatives"] for one, row in stored(found.pk).items()} == {1: [], 3: []}
    shown = text(client.get(path(found, "change")))
    assert "1 wrong row was left out, as somebody chose" in shown
    assert workbook(client, found).active.max_row == 2
    assert "Load the good rows only" not in shown


def test_nothing_of_the_rows_outlives_the_body_or_an_erasure(found: Import) -> None:
    Import.objects.update(settled_at="2020-01-01T00:00:00Z")
    erase_old_bodies()
    found.refresh_from_db()
    assert found.wrong_rows is None
    client = anna(found)
    assert "not kept any more" in text(client.get(path(found, "correct"), follow=True))
    assert "was erased" in text(client.get(path(found, "rejected"), follow=True))
    Import.objects.update(wrong_rows={"rows": 1, "wrong": 1, "shown": [], "columns": [], "reasons": []})
    erase_delivery(import_id=found.pk, actor=None)
    found.refresh_from_db()
    assert found.wrong_rows is None
