"""From a file as an office has it to a delivery, in a browser: columns, wrong rows, a file of corrected rows."""

import io

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from airports.fields import NAMES as AIRPORT_FIELDS
from imports.documents.formats import CSV
from imports.fields import NAMES
from imports.models import Import
from imports.services.loading.load_received import load_received
from tests.e2e.axe import barriers
from tests.e2e.conftest import OpenPage
from tests.factories import people, relate
from tests.imports.documents.tables import csv_of, rows_of
from tests.imports.world import received, stored

HEADER = [
    "ID",
    "Ciudad",
    "Calle",
    "Edificio",
    "Piso",
    "Nombre",
    "Nacido el día",
    "Sexo",
    "Familiares",
    "Amigos",
    "Canal",
]


def office_file() -> bytes:
    """Four residents as Excel in Spain writes them; two rows are wrong, and one column has no usual name."""
    citizens = relate(people(4), "relatives", (1, 2))
    for citizen, name in zip(citizens, ("Ana Núñez", "Luis Núñez", "Íñigo Peña", "Begoña Ibáñez"), strict=True):
        citizen |= {"name": name, "town": "Cádiz", "street": "Calle Ancha", "channel": "radio"}
    citizens[1]["birth_date"] = "31.02.1990"
    citizens[3] |= {"town": "", "apartment": "bajo"}
    rows = rows_of(*citizens)
    return csv_of([HEADER, *rows[1:]], delimiter=";", encoding="cp1252")


def airports_file() -> bytes:
    """Two airports under Spanish names; of one the latitude is wrong."""
    good = [
        "Manises",
        "Valencia",
        "España",
        "VLC",
        "LEVC",
        "39,4893",
        "-0,4816",
        "240",
        "1",
        "E",
        "Europe/Madrid",
        "",
        "",
    ]
    wrong = [
        "Barajas",
        "Madrid",
        "España",
        "MAD",
        "LEMD",
        "404,72",
        "-3,5608",
        "1998",
        "1",
        "E",
        "Europe/Madrid",
        "",
        "",
    ]
    header = [
        "Nombre",
        "Ciudad",
        "País",
        "IATA",
        "ICAO",
        "Lat",
        "Long",
        "Altitud",
        "Zona",
        "DST",
        "TZ",
        "Tipo",
        "Fuente",
    ]
    return csv_of([header, good, wrong], delimiter=";", encoding="cp1252")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_an_office_file_becomes_a_delivery(admin: OpenPage, width: int, scheme: str) -> None:
    page = admin("/admin/imports/import/upload/", width=width, scheme=scheme)
    assert barriers(page, within="#content") == []
    page.locator("input[type=file]").set_input_files({"name": "padron.csv", "mimeType": "", "buffer": office_file()})
    page.get_by_label("Or a new source").fill("padrón")
    page.get_by_role("button", name="Upload", exact=True).click()

    expect(page.get_by_text("Read as CSV with semicolons between the cells, encoding Windows-1252.")).to_be_visible()
    assert barriers(page, within="#content") == []
    page.get_by_role("button", name="Check and load it").click()
    expect(page.get_by_text("No column is said to be birth date.")).to_be_visible()
    page.get_by_label("What Nacido el día is").select_option("birth_date")
    page.get_by_role("button", name="Show the first rows like this").click()
    preview = page.get_by_role("region", name="The first rows")
    expect(
        preview.get_by_text("birth_date (Nacido el día, cell 7): A real date written DD.MM.YYYY is expected.")
    ).to_be_visible()
    assert barriers(page, within="#content") == []
    page.get_by_role("button", name="Check and load it").click()

    expect(page.get_by_role("heading", name="Queued")).to_be_visible()
    found = Import.objects.latest("id")
    load_received(import_id=found.pk)
    expect(page.get_by_role("heading", name="Failed")).to_be_visible()
    expect(page.get_by_text("2 of 4 rows are wrong")).to_be_visible()
    expect(page.locator("[aria-invalid]")).to_have_count(3)
    # The whole page is new: what only operators ask for is below, and is that of now.
    page.get_by_text("Facts for operators").click()
    attempts = page.get_by_text("How often a worker began to load it.").locator("xpath=ancestor::div[2]")
    expect(attempts).to_contain_text("1")
    assert barriers(page, within="#import-status") == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the wrong rows").click()
    corrected = mended(download.value.path().read_bytes())

    page.get_by_role("link", name="Upload the corrected rows").click()
    assert barriers(page, within="#content") == []
    page.locator("input[type=file]").set_input_files({"name": "rows.xlsx", "mimeType": "", "buffer": corrected})
    page.get_by_role("button", name="Check and load").click()
    expect(page.get_by_text("2 corrected rows and 2 good ones are being checked")).to_be_visible()
    load_received(import_id=found.pk)
    expect(page.get_by_role("heading", name="Complete")).to_be_visible()
    assert {one: row["relatives"] for one, row in stored(found.pk).items()} == {1: [2], 2: [1], 3: [], 4: []}


def mended(content: bytes) -> bytes:
    """The workbook of the wrong rows, corrected by somebody."""
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    assert sheet.max_row == 3
    for row, field, value in ((2, "birth_date", "28.02.1990"), (3, "town", "Cádiz"), (3, "apartment", "0")):
        sheet.cell(row, NAMES.index(field) + 1).value = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_many_wrong_rows_are_a_page_at_a_time_and_what_is_typed_stays(admin: OpenPage) -> None:
    citizens = [one | {"town": "" if number < 60 else "Kyiv"} for number, one in enumerate(people(61))]
    import_id = received(csv_of(rows_of(*citizens)), media_type=CSV.media_type)
    assert load_received(import_id=import_id) == "failed"
    page = admin(f"/admin/imports/import/{import_id}/change/", width=390)
    towns, onward = page.locator("[name$='-town']:visible"), page.get_by_role("button", name="Next rows")
    expect(towns).to_have_count(10)
    assert page.evaluate("document.documentElement.scrollHeight") < 4_000
    assert barriers(page, within="#import-status") == []
    while True:
        for one in towns.all():
            one.fill("Lviv")
        if onward.is_disabled():
            break
        onward.click()
    page.get_by_role("button", name="Previous rows").click()
    expect(towns.first).to_have_value("Lviv")
    towns.first.fill("")
    page.get_by_role("button", name="Load the corrected rows").click()
    expect(page.get_by_text("1 row is still wrong")).to_be_visible()
    # The one that is still wrong comes first.
    expect(towns.first).to_have_value("")
    expect(towns.last).to_have_value("Lviv")
    towns.first.fill("Lviv")
    page.get_by_role("button", name="Load the corrected rows").click()
    expect(page.get_by_text("60 corrected rows and 1 good one are being checked")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_a_file_of_airports_is_read_by_its_columns_and_its_good_rows_taken(
    admin: OpenPage, width: int, scheme: str
) -> None:
    page = admin("/admin/airports/airport/upload/", width=width, scheme=scheme)
    page.locator("input[type=file]").set_input_files({"name": "a.csv", "mimeType": "", "buffer": airports_file()})
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("say what the columns are")).to_be_visible()
    assert barriers(page, within="#content") == []
    for place, name in enumerate(AIRPORT_FIELDS):
        page.locator(f"[name=column_{place}]").select_option(name)
    page.get_by_role("button", name="Read it like this").click()
    expect(page.locator("mark")).to_have_text(["404,72"])
    assert barriers(page, within="#content") == []
    page.get_by_role("button", name="Look at the good rows only").click()
    page.get_by_role("button", name="Take the good rows in").click()
    expect(page.get_by_text("The file was taken in: 2 rows, 1 created")).to_be_visible()
