"""The wrong rows of a delivery in the admin: seen, taken away, mended, or left out."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from openpyxl import load_workbook

from config.common.background.single import single_run
from config.common.privacy.models import ReadAudit
from imports.documents.formats import CSV
from imports.fields import NAMES
from imports.models import Import
from imports.services.erasing.erase_bodies import erase_old_bodies
from imports.services.erasing.erase_delivery import erase_delivery
from imports.services.loading.load_received import load_received
from imports.services.loading.mend_rows import token_of
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


def test_one_workbook_is_written_at_a_time_and_who_asks_meanwhile_is_told(found: Import) -> None:
    client = anna(found)

    def elsewhere() -> Any:
        try:
            return client.get(path(found, "rejected"), follow=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with single_run("imports.wrong_rows"):
            refused = pool.submit(elsewhere).result(30)
        assert "try again in a minute" in text(refused)
        assert ReadAudit.objects.filter(format="xlsx").count() == 0
    assert workbook(client, found).active.max_row == 2


def test_the_page_has_an_input_for_each_cell_of_a_wrong_row_with_the_reason_where_it_is_wrong(found: Import) -> None:
    shown = text(anna(found).get(path(found, "change")))
    assert "1 of 3 rows is wrong" in shown
    assert 'id="cell-2-town" name="2-town" value=""' in shown
    assert 'aria-invalid="true" aria-describedby="why-2-town"' in shown
    assert '<span id="why-2-town" class="wizard-reason">This field is required. </span>' in shown
    assert 'aria-label="birth date, line 3, resident 2"' in shown
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
    assert "1 corrected row and 2 good ones are being checked; all of them are loaded, or nothing." in text(answer)
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


def seen(found: Import) -> dict[str, str]:
    return {"seen": token_of(found)}


RIGHT = {"2-town": "Kyiv", "2-name": "Boris", "2-citizen_id": "2", "2-relatives": "1"}


def test_rows_are_mended_in_the_page_and_loaded_as_the_same_delivery(found: Import) -> None:
    client = anna(found)
    cells: Any = found.wrong_cells
    form = {f"2-{name}": text for name, text in cells["rows"][0]["texts"].items()} | RIGHT | seen(found)
    answer = text(client.post(path(found, "mend"), form, follow=True))
    assert "1 corrected row and 2 good ones are being checked; all of them are loaded, or nothing." in answer
    assert load_received(import_id=found.pk) == "complete"
    assert (stored(found.pk)[2]["town"], stored(found.pk)[2]["name"], Import.objects.count()) == ("Kyiv", "Boris", 1)
    shown = text(client.get(path(found, "change")))
    assert "1 wrong row was corrected before it was loaded. Corrected by anna." in shown


def test_what_is_still_wrong_stays_in_the_grid_with_what_was_typed(found: Import) -> None:
    form = RIGHT | {"2-town": "!", "2-name": "<Boris>"} | seen(found)
    answer = text(anna(found).post(path(found, "mend"), form))
    assert 'value="&lt;Boris&gt;"' in answer
    assert 'name="2-town" value="!"' in answer
    assert "1 row is still wrong, so nothing was loaded." in answer
    assert ReadAudit.objects.filter(what="refused", import_id=found.pk).count() == 1
    found.refresh_from_db()
    assert found.status == "failed"


def test_a_grid_that_somebody_else_has_worked_on_is_not_loaded(found: Import) -> None:
    answer = anna(found).post(path(found, "mend"), RIGHT | {"seen": "before"}, follow=True)
    assert "Somebody has worked on these rows" in text(answer)


def test_the_grid_is_for_whoever_may_see_the_residents_and_load(found: Import) -> None:
    people_of = {role: browser(somebody(role)) for role in ("Viewers", "Editors", "Managers", "Importers")}
    shown = {role: "wizard-grid" in text(one.get(path(found, "change"))) for role, one in people_of.items()}
    assert shown == {"Viewers": False, "Editors": False, "Managers": True, "Importers": False}
    refused = {role: one.post(path(found, "mend"), RIGHT).status_code for role, one in people_of.items()}
    assert refused == {"Viewers": 403, "Editors": 403, "Managers": 302, "Importers": 404}
    # Who may see them and not load sees the rows.
    assert "<mark>(empty)</mark>" in text(people_of["Editors"].get(path(found, "change")))


def test_there_are_two_kinds_of_templates_and_no_others(found: Import) -> None:
    base = "/admin/imports/import/template."
    assert [anna(found).get(f"{base}{ending}").status_code for ending in ("xlsx", "csv", "exe")] == [200, 200, 404]


def test_who_may_not_see_its_residents_reads_how_many_rows_are_wrong_and_no_other_reason(found: Import) -> None:
    Import.objects.filter(pk=found.pk).update(
        errors=[{"pointer": f"line {number}", "code": "x", "detail": "x"} for number in range(12)]
    )
    page = text(browser(somebody("Importers", "boris")).get(path(found, "change")))
    assert "1 of 3 rows is wrong, so nothing was loaded. Whoever may see its residents corrects them." in page
    assert "cannot be loaded as it is" not in page
    # The rest is folded, and there.
    assert page.index("Further errors") < page.index("Line 11")
