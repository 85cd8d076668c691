"""The questions of analytics as tables: CSV and Excel workbooks have the same rows."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from rest_framework.test import APIClient

from config.common.http.site import openapi_document
from config.common.http.tables import CSV, XLSX
from tests.analytics.api.test_demand import cells
from tests.analytics.counted import crowd, make, place
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db
TABLES = [
    "/analytics/demand?group_by=source,town,gender",
    "/analytics/opportunities?",
    "/analytics/trend?group_by=town",
    "/analytics/cities?",
    "/analytics/catchments?",
]


@pytest.fixture
def counted() -> None:
    """Two sources, one of which has a name that a spreadsheet would run, and a town on the map."""
    place("Kyiv", country="UA")
    make("=1+1", crowd(1))
    make("b", crowd(2) | {("Kyiv", 2, "tv", "male"): (20, 30, 12)})


def sheet(answer: Any) -> list[list[Any]]:
    """The cells of the only sheet; none is a formula."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, XLSX)
    [only] = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    assert {cell.data_type for row in only for cell in row} <= {"s", "n"}
    return [[cell.value for cell in row] for row in only]


def as_csv(value: Any) -> str:
    return "'=1+1" if value == "=1+1" else "" if value is None else str(value)


def as_number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize("role", ["Managers", "Viewers"])
@pytest.mark.parametrize("url", TABLES)
def test_a_workbook_has_all_rows_of_the_csv(client_of: Any, counted: None, url: str, role: str) -> None:
    client = client_of(role)
    answer = client.get(f"{url}&limit=1&offset=1&format=xlsx")
    header, *rows = sheet(answer)
    name = url[len("/analytics/") :].partition("?")[0]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.xlsx"'
    names, *lines = cells(client.get(f"{url}&limit=1&offset=1&format=csv"))
    assert (header, len(rows)) == (names, len(lines))
    assert [[as_number(as_csv(value)) for value in row] for row in rows] == [
        [as_number(text) for text in line] for line in lines
    ]
    residents = header.index("residents")
    assert rows
    assert all(isinstance(row[residents], int) for row in rows)


def test_a_workbook_that_would_be_too_long_is_refused(
    manager: APIClient, counted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.common.tabular.workbook.MAX_ROWS", 2)
    refused = problem(manager.get(f"{TABLES[0]}&format=xlsx"))
    assert (refused["status"], "as CSV there may be any number" in refused["detail"]) == (413, True)


def test_residents_airports_and_every_question_of_analytics_are_to_be_had_as_csv_and_as_a_workbook() -> None:
    forms = {
        path: {kind for answer in methods["get"]["responses"].values() for kind in answer.get("content", ())}
        for path, methods in openapi_document()["paths"].items()
        if "get" in methods
    }
    without = {path for path, kinds in forms.items() if CSV in kinds and XLSX not in kinds}
    assert without == {"/imports", "/sources", "/channels", "/airports/{airport_id}/history"}
    # A single alert is none of them.
    questions = {path for path in forms if path.startswith("/analytics")} - {"/analytics/alerts/{alert_id}"}
    assert {path for path in questions if CSV not in forms[path]} == set()


def test_each_csv_takes_a_byte_order_mark_and_each_workbook_may_be_too_long() -> None:
    for path, methods in openapi_document()["paths"].items():
        for method, operation in methods.items():
            kinds = {kind for answer in operation["responses"].values() for kind in answer.get("content", ())}
            takes_mark = "bom" in [one["name"] for one in operation.get("parameters", ())]
            assert takes_mark == (CSV in kinds), path
            assert "413" in operation["responses"] or XLSX not in kinds, (method, path)
