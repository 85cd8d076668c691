"""Lists: pages, representations, CSV."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rest_framework.test import APIClient

from config.common.http.tables import cell, csv_lines
from imports.models import Import
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def five() -> list[int]:
    """The ids of five imports, newest first; one is of another source."""
    rows = [Import.objects.create(source="two" if number == 2 else "one", status="complete") for number in range(5)]
    return [row.pk for row in reversed(rows)]


def page(client: APIClient, query: str) -> dict[str, Any]:
    """A page: its ids, the count, and what its links change in the query."""
    body = client.get(f"/imports?{query}").json()
    links = [body[name] and parse_qs(urlsplit(body[name]).query) for name in ("next", "previous")]
    assert all(
        body[name] is None or body[name].startswith("http://testserver/imports?") for name in ("next", "previous")
    )
    return {"ids": [row["import_id"] for row in body["data"]], "count": body["count"], "links": links}


def test_a_list_is_100_rows_by_default(manager: APIClient) -> None:
    Import.objects.bulk_create([Import(source=f"{number}") for number in range(101)])
    found = page(manager, "")
    assert (len(found["ids"]), found["count"]) == (100, 101)
    assert found["links"] == [{"limit": ["100"], "offset": ["100"]}, None]


def test_pages_lead_forwards_and_back(manager: APIClient, five: list[int]) -> None:
    assert [page(manager, f"limit=2&offset={offset}") for offset in (0, 2, 4, 6)] == [
        {"ids": five[:2], "count": 5, "links": [{"limit": ["2"], "offset": ["2"]}, None]},
        {
            "ids": five[2:4], "count": 5,
            "links": [{"limit": ["2"], "offset": ["4"]}, {"limit": ["2"], "offset": ["0"]}],
        },
        {"ids": five[4:], "count": 5, "links": [None, {"limit": ["2"], "offset": ["2"]}]},
        {"ids": [], "count": 5, "links": [None, {"limit": ["2"], "offset": ["3"]}]},
    ]  # fmt: skip


def test_links_keep_the_filters(manager: APIClient, five: list[int]) -> None:
    found = page(manager, "source=one&limit=3&format=json")
    following = {"source": ["one"], "limit": ["3"], "offset": ["3"], "format": ["json"]}
    assert (found["count"], found["links"]) == (4, [following, None])


def test_an_offset_far_beyond_the_end_is_an_empty_page(manager: APIClient, five: list[int]) -> None:
    assert page(manager, f"offset={2**63 - 1}")["ids"] == []


@pytest.mark.parametrize("value", ["0", "1001", "-1", "abc", str(10**30), "", "1.5", "%00", "NaN", "%D9%A3x"])
def test_a_limit_that_is_none_is_refused(manager: APIClient, value: str) -> None:
    assert [error["pointer"] for error in problem(manager.get(f"/imports?limit={value}"))["errors"]] == ["?limit"]


@pytest.mark.parametrize("value", ["-1", "abc", str(2**63), str(10**30), "", "%00"])
def test_an_offset_that_is_none_is_refused(manager: APIClient, value: str) -> None:
    assert [error["pointer"] for error in problem(manager.get(f"/imports?offset={value}"))["errors"]] == ["?offset"]


def test_every_wrong_parameter_is_named_at_once(manager: APIClient) -> None:
    answer = manager.get("/imports?limit=0&offset=x&status=odd&source=%00&size=2&size=3&limit=0")
    assert [(error["pointer"], error["code"]) for error in problem(answer)["errors"]] == [
        ("?size", "unknown_parameter"),
        ("?limit", "repeated_parameter"),
        ("?limit", "min_value"),
        ("?offset", "invalid"),
        ("?source", "null_characters_not_allowed"),
        ("?status", "invalid_choice"),
    ]


JSON, CSV = "application/json", "text/csv"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON), ("*/*", JSON), ("text/*", CSV), ("text/csv", CSV), (f"{JSON};q=0.4, {CSV};q=0.5", CSV),
        (f"{CSV};q=0.4, */*;q=0.5", JSON), (f"{CSV}, {JSON}", CSV), (f"{CSV};q=0, */*", JSON),
        ("text/html,application/xml;q=0.9,*/*;q=0.8", JSON), ("TEXT/CSV", CSV), (f"image/png, {CSV};q=0.1", CSV),
        # Parameters other than the weight are nobody's choice.
        (f"{JSON}; charset=utf-8", JSON), (f"{CSV}; charset=utf-8", CSV), (f"{JSON}; indent=2", JSON),
        (f"{JSON};v=1;q=0.4, {CSV};header=present;q=0.5", CSV), (f"{JSON};v=1;q=0, {JSON};q=0.1", JSON),
        # The closest range decides, however dear the wider one is.
        (f"{JSON};q=0, */*", CSV), (f"*/*, {JSON};q=0", CSV), (f"text/*, {CSV};q=0, {JSON};q=0.1", JSON),
        (f"{JSON};q=nan, image/png", JSON), (f"a/b;{'c' * 20_000}, {CSV}", CSV),
    ],
)  # fmt: skip
def test_accept_picks_the_representation_by_its_weights(manager: APIClient, accept: str, expected: str) -> None:
    answer = manager.get("/imports", HTTP_ACCEPT=accept)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, expected)
    assert "Accept" in answer.headers["Vary"].split(", ")


@pytest.mark.parametrize(
    "accept",
    [
        "image/png",
        f"{JSON};q=0",
        f"{JSON};charset=utf-8;q=0, {CSV};q=0, */*",
        "*/*;q=0",
        "nonsense",
        "\xff/\xff;q=\xff",
        "a" * 5000,
        ";;;",
    ],
)
def test_an_accept_header_that_names_nothing_of_ours_is_406(manager: APIClient, accept: str) -> None:
    assert problem(manager.get("/imports", HTTP_ACCEPT=accept))["status"] == 406


def test_format_beats_accept(manager: APIClient) -> None:
    answers = [
        manager.get("/imports?format=csv", HTTP_ACCEPT=JSON),
        manager.get("/imports?format=json", HTTP_ACCEPT=CSV),
        manager.get("/imports?format=csv", HTTP_ACCEPT="image/png"),
    ]
    assert [answer.headers["Content-Type"].partition(";")[0] for answer in answers] == [CSV, JSON, CSV]


def test_csv_is_the_whole_filtered_list_as_a_stream(manager: APIClient) -> None:
    rows = [Import(source="=cmd" if number else "-1", citizen_count=-number) for number in range(1200)]
    Import.objects.bulk_create([*rows, Import(source="other")])
    answer: Any = manager.get("/imports?format=csv&source=%3Dcmd&limit=1")
    assert answer.streaming is True
    lines = answer.getvalue().decode().splitlines()
    columns = "import_id,source,status,citizens,processed,errors,more_errors,created_at,created_by,completed_at"
    assert lines[0] == columns
    assert [line.split(",")[1:4] for line in lines[1:]] == [["'=cmd", "queued", f"-{n}"] for n in range(1199, 0, -1)]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="imports.csv"'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"), (-1, -1), (-1.5, -1.5), ("1-1", "1-1"), ("'=", "''="), ("'a", "'a"), ("", ""), (None, None),
    ],
)  # fmt: skip
def test_cells_that_a_spreadsheet_would_run_are_led_by_an_apostrophe(value: object, expected: object) -> None:
    assert cell(value) == expected


def test_csv_quotes_as_rfc_4180_says() -> None:
    assert "".join(csv_lines(["a", "b"], [['x"y', "1,2"], ["line\nbreak", None]])) == (
        'a,b\r\n"x""y","1,2"\r\n"line\nbreak",\r\n'
    )


def test_the_list_costs_the_same_queries_for_one_row_and_for_three(
    manager: APIClient, django_assert_num_queries: Callable[[int], Any], superuser: Any
) -> None:
    for more in (1, 2):
        for _ in range(more):
            Import.objects.create(source="one", created_by=superuser)
        # The token with who calls and what they may, its last use (once a minute), the count, the page.
        with django_assert_num_queries(4 if more == 1 else 3):
            manager.get("/imports")
