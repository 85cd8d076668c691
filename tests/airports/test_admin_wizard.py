"""A file of airports as an office has it: its columns are said, its wrong rows mended or left out."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from airports.csv.template import EXAMPLES
from airports.fields import NAMES
from airports.models import Airport, KeptUpload
from airports.services.upload_airports import upload_airports
from config.common.tabular.workbook import write_workbook
from config.common.tabular.wrong_rows import WHY
from config.common.wizard.models import KnownColumns
from tests.airports.builders import make_airport
from tests.imports.admin.people import browser, somebody, text
from tests.imports.admin.wizard import chosen, guessed

pytestmark = pytest.mark.django_db

UPLOAD = "/admin/airports/airport/upload/"
SPANISH = "Nombre,Ciudad,País,IATA,ICAO,Latitud,Longitud,Altitud,Zona,DST,TZ,Tipo,Fuente".split(",")  # noqa: SIM905
REST = ["240", "1", "E", "Europe/Madrid", "airport", "us"]
GOOD = ["Manises", "Valencia", "Spain", "VLC", "LEVC", "39,4893", "-0,4816", *REST]
BAD = ["Nowhere", "X", "Spain", "ABCD", "LEXX", "99", "0", *REST]


@pytest.fixture
def editor() -> Client:
    return browser(somebody("Editors"))


def csv_of(*rows: list[str]) -> bytes:
    return "".join(f"{';'.join(row)}\r\n" for row in rows).encode("cp1252")


def xlsx_of(header: list[Any], *rows: list[Any]) -> bytes:
    file = io.BytesIO()
    write_workbook(file, title="rows", header=header, rows=rows)
    return file.getvalue()


def keep(client: Client, content: bytes, name: str = "a.csv") -> str:
    """The page of a file that was uploaded."""
    form = {"file": SimpleUploadedFile(name, content), "on_error": "fail", "preview": "1"}
    answer = client.post(UPLOAD, form)
    assert answer.status_code == 302, text(answer)
    return str(answer.headers["Location"])


def take(client: Client, page: str) -> str:
    return text(client.post(page, {"take": "1"}, follow=True))


def wrong(client: Client, page: str) -> list[list[Any]]:
    answer: Any = client.get(f"{page}wrong.xlsx")
    return [list(row) for row in load_workbook(io.BytesIO(b"".join(answer))).active.values]


def test_columns_of_another_name_are_said_and_remembered(editor: Client) -> None:
    page = keep(editor, csv_of(SPANISH, GOOD))
    assert "say what the columns are" in text(editor.get(page))
    assert list(guessed(editor, page).values())[1:] == ["", "", "", "iata", "icao", *[""] * 3, "", "dst", "tz", "", ""]
    refused = text(editor.post(page, {**guessed(editor, page), "has_header": "1", "read": "1"}))
    assert "No column is said to be Name, City" in refused
    shown = text(editor.post(page, {**chosen(editor, page, *NAMES), "has_header": "1", "read": "1"}, follow=True))
    assert "Nothing was stored yet" in shown
    assert "1 created" in take(editor, page)
    assert (Airport.objects.get().city, Airport.objects.get().latitude) == ("Valencia", 39.4893)
    again = keep(editor, xlsx_of([name.upper() for name in SPANISH], GOOD))
    assert "1 unchanged" in take(editor, again)
    assert "Nombre" not in str(KnownColumns.objects.get().__dict__)


def test_without_a_header_the_columns_are_those_of_openflights(editor: Client) -> None:
    page = keep(editor, csv_of(["7", *GOOD]))
    assert list(guessed(editor, page).values())[1:] == ["", *NAMES]
    assert not re.search(r'name="has_header" value="1" checked', text(editor.get(page)))
    assert "1 created" in take(editor, page)


def test_a_first_row_that_was_taken_for_names_can_be_a_row(editor: Client) -> None:
    page = keep(editor, csv_of(["Nowhere", *[""] * 12], GOOD))
    data = chosen(editor, page, *NAMES)
    stale = text(editor.post(page, {**data, "read": "1"}))
    assert "The columns are others now" in stale
    found = re.search(r'name="header" value="([0-9a-f]+)"', stale)
    assert found
    editor.post(page, {**data, "header": found[1], "read": "1"})
    kept = KeptUpload.objects.get()
    assert (kept.reading["has_header"], kept.preview["wrong"]["wrong"]) == (False, 1)


def test_a_workbook_is_read_by_its_cells(editor: Client) -> None:
    row: list[Any] = [*GOOD[:5], 39.4893, -0.4816, 240, 1.0, *GOOD[9:]]
    assert "1 created" in take(editor, keep(editor, xlsx_of(list(NAMES), row), "a.xlsx"))
    airport = Airport.objects.get()
    assert (airport.latitude, airport.altitude, airport.timezone) == (39.4893, 240, 1)
    page = keep(editor, b"PK\x03\x04", "a.xlsx")
    assert "This is no XLSX workbook" in text(editor.get(page))


def test_wrong_rows_are_shown_with_their_cells_marked_and_left_out_by_a_choice(editor: Client) -> None:
    page = keep(editor, csv_of(list(NAMES), GOOD, BAD))
    shown = text(editor.get(page))
    assert "1 row is wrong" in shown
    assert re.findall("<mark>(.*?)</mark>", shown) == ["ABCD", "99"]
    assert "Take the file in" not in shown
    editor.post(page, {**guessed(editor, page), "has_header": "1", "read": "good"})
    assert "Take the good rows in" in text(editor.get(page))
    assert "1 created" in take(editor, page)
    assert Airport.objects.get().iata == "VLC"


def test_a_corrected_workbook_of_the_wrong_rows_loads(editor: Client) -> None:
    hostile = ["=1+1", "''=2", "-5", "", "", "-1,5", "-200", "", "", "", "", "'", "\\N"]
    page = keep(editor, csv_of(SPANISH, GOOD, BAD, hostile))
    editor.post(page, {**chosen(editor, page, *NAMES), "has_header": "1", "read": "1"})
    rows = wrong(editor, page)
    assert rows[0] == [*SPANISH, WHY]
    assert [row[-1] for row in rows[1:]] == [
        "Line 3. iata: Three letters or digits are expected. latitude: A number from -90 to 90 is expected.",
        "Line 4. longitude: A number from -180 to 180 is expected.",
    ]
    rows[1][3], rows[1][5], rows[2][6] = "QQQ", "9", "-20,25"
    again = keep(editor, xlsx_of(*rows), "airports-wrong-rows.xlsx")
    assert KeptUpload.objects.get().preview["errors"] == []
    assert "2 created" in take(editor, again)
    assert Airport.objects.get(name="=1+1").longitude == -20.25
    assert (Airport.objects.get(name="=1+1").city, Airport.objects.get(name="=1+1").country) == ("'=2", "-5")


def test_all_wrong_rows_are_given_out_also_those_that_cannot_be_read_or_repeat_another(editor: Client) -> None:
    rows = b"".join(csv_of([f"Field {n}", *BAD[1:]]) for n in range(120))
    page = keep(editor, csv_of(list(NAMES), GOOD, GOOD) + rows + b'"x"y;z\r\n')
    found = wrong(editor, page)
    assert len(found) == 1 + 1 + 120 + 1
    assert "Line 2 has this code already." in found[1][-1]
    assert found[-1][0] == '"x"y;z'
    assert KeptUpload.objects.get().preview["wrong"]["wrong"] == 122


def test_the_wrong_rows_are_for_who_keeps_the_file(editor: Client) -> None:
    page = keep(editor, csv_of(list(NAMES), BAD))
    answers = [browser(somebody(role)).get(f"{page}wrong.xlsx") for role in ("Managers", "Viewers")]
    assert [answer.status_code for answer in answers] == [302, 403]


def test_a_workbook_is_no_upload_of_the_api(editor: Client) -> None:
    content = xlsx_of(list(NAMES), GOOD)
    form = {"file": SimpleUploadedFile("a.xlsx", content), "on_error": "fail", "upload": "1"}
    assert "This is a workbook" in text(editor.post(UPLOAD, form))


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_template_loads(editor: Client, form: str) -> None:
    answer: Any = editor.get(f"/admin/airports/airport/template.{form}")
    body = b"".join(answer) if answer.streaming else answer.content
    make_airport("Other")
    assert f"{len(EXAMPLES)} created" in take(editor, keep(editor, body, f"a.{form}"))
    if form == "csv":
        assert upload_airports(stream=io.BytesIO(body), actor=None).unchanged == len(EXAMPLES)
