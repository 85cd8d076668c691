"""The report to hand on: what it shows to whom, and the same as tables."""

import csv
import html
import io
import re
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from airports.models import Airport
from analytics.models import TownPlace
from analytics.pages.decisions import QUESTIONS
from analytics.pages.filters import REPORT
from analytics.services.asking.kept import NotCountedYet
from analytics.services.asking.questions import MEASURES
from config.common.problems import Forbidden
from tests.airports.builders import make_airport
from tests.analytics.pages.asking import HTML, BrowserOf, cells, text_of

pytestmark = pytest.mark.django_db
SHEETS = ["about", "headline", "opportunities", "channels", "heat", "catchments"]


@pytest.fixture
def kyiv(counted: None) -> Airport:
    made = make_airport("Boryspil", 50.3, 30.9, iata="KBP")
    TownPlace.objects.placed().update(airport_id=made.pk, airport_distance=30_000.0)
    return made


def report(client: Client, query: str = "") -> str:
    answer = client.get(REPORT + query, **HTML)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    return answer.content.decode()


def sheets(client: Client, query: str = "") -> dict[str, list[dict[str, Any]]]:
    """The rows of each sheet of the workbook by its header."""
    answer: Any = client.get(f"{REPORT}?format=xlsx{query}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report.xlsx"'
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    found = {}
    for sheet in book:
        header, *rows = ([cell.value for cell in row] for row in sheet)
        found[sheet.title] = [dict(zip(header, row, strict=True)) for row in rows]
    return found


@pytest.mark.parametrize("role", ["Managers", "Viewers"])
def test_it_says_what_the_page_and_the_api_say_to_the_same_reader(
    browser_of: BrowserOf, kyiv: Airport, role: str
) -> None:
    client = browser_of(role)
    page, shown = text_of(client, "?channel=tv"), report(client, "?channel=tv")
    for part in ("opportunities", "channels", "heat"):
        assert cells(shown, part) == cells(page, part) != []
    assert cells(shown, "catchments") == cells(text_of(client, "?channel=tv&ask=catchments"), "decide")
    [answer] = re.findall(r'<p class="answer">.*?</p>', page, re.DOTALL) or [""]
    assert answer in shown
    assert ("channel tv" in shown, "Counted " in shown, '<nav aria-label="Main">' in shown) == (True, True, False)
    found = sheets(client, "&channel=tv")
    assert list(found) == SHEETS
    demand = client.get("/analytics/demand?group_by=channel&index_base=all").json()["data"]
    names = [name for name in MEASURES if name not in ("expected_index", "own_share")]
    assert found["channels"] == [{name: row[name] for name in ("channel", *names)} for row in demand]
    assert sum(row["residents"] for row in found["catchments"]) == found["headline"][0]["residents"]


def test_viewers_are_told_that_their_figures_are_others(browser_of: BrowserOf, kyiv: Airport) -> None:
    told = "small groups are merged"
    assert (told in report(browser_of("Viewers")), told in report(browser_of("Managers"))) == (True, False)


def test_csv_is_one_table_with_the_columns_of_all(browser_of: BrowserOf, kyiv: Airport) -> None:
    client = browser_of("Managers")
    [address] = re.findall(
        r'href="(/analytics/report[^"]*format=csv[^"]*)"', report(client, "?city=Kyiv&gender=female")
    )
    answer: Any = client.get(html.unescape(address))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    header, *lines = csv.reader(io.StringIO(text))
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    assert (header[0], list(dict.fromkeys(row["sheet"] for row in rows))) == ("sheet", SHEETS)
    book = sheets(client, "&city=Kyiv&gender=female")
    for name in SHEETS[1:]:
        of_sheet = [row for row in rows if row["sheet"] == name]
        assert [row["residents"] for row in of_sheet] == [str(row["residents"]) for row in book[name]]
    assert rows[0]["filters"] == "/analytics/report?city=Kyiv&gender=female"


def test_the_page_leads_to_the_report_of_its_filters_and_back(browser_of: BrowserOf, kyiv: Airport) -> None:
    client = browser_of("Viewers")
    [address] = re.findall(r'href="(/analytics/report[^"]*)"', text_of(client, "?city=Kyiv&by=city&ask=catchments"))
    assert html.unescape(address) == f"{REPORT}?city=Kyiv&by=city"
    shown = report(client, address.removeprefix(REPORT).replace("&amp;", "&"))
    assert 'href="/analytics/?city=Kyiv&amp;by=city"' in shown
    assert "http://testserver/analytics/report?city=Kyiv&amp;by=city" in shown


def test_questions_that_are_refused_are_left_out_and_what_is_being_counted_is_said(
    browser_of: BrowserOf, kyiv: Airport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(error: Exception) -> Any:
        def fail(*_: Any) -> None:
            raise error

        return SimpleNamespace(LABEL="When to advertise?", report=fail)

    monkeypatch.setitem(QUESTIONS, "calendar", raising(NotCountedYet()))
    monkeypatch.setitem(QUESTIONS, "changes", raising(Forbidden("Not for you.")))
    client = browser_of("Managers")
    shown = report(client)
    assert "Being counted, and here in a moment: When to advertise?." in shown
    assert ('<meta http-equiv="refresh" content="2">' in shown, "Not for you" in shown) == (True, False)
    found = sheets(client)
    assert (list(found), found["about"][0]["counting"]) == (SHEETS, "calendar")


def test_of_nobody_there_is_a_report_that_says_so(browser_of: BrowserOf, kyiv: Airport) -> None:
    client = browser_of("Managers")
    assert "Nobody matches these filters" in report(client, "?channel=nothing")
    assert list(sheets(client, "&channel=nothing")) == ["about", "headline"]


def test_who_has_not_signed_in_is_asked_to_and_a_wrong_address_is_refused(browser_of: BrowserOf, kyiv: Airport) -> None:
    answer = Client().get(f"{REPORT}?channel=tv", **HTML)
    assert (answer.status_code, answer.headers["Location"]) == (
        302, "/admin/login/?next=/analytics/report%3Fchannel%3Dtv",
    )  # fmt: skip
    assert Client().get(f"{REPORT}?format=csv").status_code == 401
    wrong = browser_of("Viewers").get(f"{REPORT}?age_group=1-2", **HTML)
    assert (wrong.status_code, b"?age_group" in wrong.content) == (400, True)
