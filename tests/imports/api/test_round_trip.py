"""What goes in comes out: every text exactly, by POST, then JSON, NDJSON, CSV and XLSX; and what comes out goes in."""

import csv
import io
import json
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from rest_framework.test import APIClient

from config.common.tabular import workbook
from imports.documents.formats import CSV, XLSX
from tests.effort import tries
from tests.factories import delivery
from tests.imports.documents.builders import TODAY, citizen
from tests.imports.documents.test_agreement import valid_citizens
from tests.imports.world import People, body_of, problem

pytestmark = pytest.mark.django_db

RUNNABLE = ("=", "+", "-", "@", "\t", "\r")
TABLES = {"csv": CSV.media_type, "xlsx": XLSX.media_type}
TEXTS = (
    "\\N", "\\.", "\\n", "a\\", "\\\\", "a\tb", "\t7", "a\nb", "a\r\nb", "\r7", "a\rb", "a\x0bb\x0c", "\x01\x1f\x7f7",
    '"', '"a"', "'a'", "a,b;c|d", "=1+1", "+7", "-7", "@SUM(A1)", "'=7", "''-7", "'7", "#N/A", "_x0041_",
    "_x005F_x0041_", "_xFFFF_", "_x005F_xFFFF_", "007", "1e5", "TRUE", "{}7", "{1,2}", "NULL", "null",
    "a\u2028b\u2029",
    "👩‍👩‍👧7", "مرحبا 7", "\u202e7abc\u202c", "e\u0301", "é", "\ufeff7", "\uffff7", "𝔸", "a" * 256, "😀" * 255 + "a",
    " a ", "\u00a07", "</script>7", "%s%d{0}7", "\\u0000 7", "\\ud800 7", "\x857",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY):
        yield


def posted(client: APIClient, citizens: People) -> str:
    """The URL of the residents of a new import."""
    answer = client.post("/imports", body_of(citizens), content_type="application/json")
    assert answer.status_code == 201, answer.content
    return f"{answer['Location']}/citizens"


def read(client: APIClient, url: str, format: str) -> bytes:
    answer = client.get(url, {"format": format})
    assert answer.status_code == 200
    content: bytes = answer.getvalue()
    return content


def as_cell(value: Any) -> str:
    """A value of a citizen as a CSV cell that no spreadsheet runs."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return f"'{value}" if isinstance(value, str) and value.lstrip("'").startswith(RUNNABLE) else str(value)


def assert_all_come_back(client: APIClient, citizens: People) -> None:
    url = posted(client, citizens)
    expected = sorted(citizens, key=lambda one: int(one["citizen_id"]))
    assert json.loads(read(client, url, "json")) == {"data": expected}
    lines = read(client, url, "ndjson").decode().split("\n")
    assert [json.loads(line) for line in lines[:-1]] == expected
    assert lines[-1] == ""
    rows = list(csv.DictReader(io.StringIO(read(client, url, "csv").decode(), newline="")))
    assert rows == [{name: as_cell(value) for name, value in one.items()} for one in expected]
    for one in expected:
        assert client.get(f"{url}/{one['citizen_id']}").json() == {"data": one}
    for format in TABLES:
        assert again(client, url, format) == expected


def again(client: APIClient, url: str, format: str, **query: str) -> list[dict[str, Any]]:
    """The residents of the import that is made of the table that another import gives."""
    table = client.get(url, {"format": format, **query}).getvalue()
    answer = client.post("/imports", table, content_type=TABLES[format])
    assert answer.status_code == 201, answer.content
    citizens: list[dict[str, Any]] = json.loads(read(client, f"{answer['Location']}/citizens", "json"))["data"]
    return citizens


def test_every_awkward_text_comes_back_exactly(manager: APIClient) -> None:
    awkward = [
        citizen(number, town=text, street=text, building=text, name=text, channel=text[:64], friends=[])
        for number, text in enumerate(TEXTS)
        if any(c.isalnum() for c in text[:64])
    ]
    assert_all_come_back(manager, awkward)


def test_each_awkward_text_comes_back_from_an_import_of_its_own(manager: APIClient) -> None:
    """In a delivery of many, one text that needs escapes has all of them escaped."""
    for text in TEXTS:
        one = citizen(1, name=text, friends=[], channel="x")
        assert manager.get(f"{posted(manager, [one])}/1").json() == {"data": one}


def test_a_name_needs_no_letter(manager: APIClient) -> None:
    names = [citizen(number, name=text, friends=[], channel="x") for number, text in enumerate(TEXTS)]
    assert_all_come_back(manager, [*names, citizen(900, name=" ", friends=[], channel="x")])


def test_a_real_delivery_comes_back_exactly(manager: APIClient) -> None:
    assert_all_come_back(manager, delivery(120, relations=200, seed=7))


def test_more_citizens_than_a_chunk_holds_come_back(manager: APIClient) -> None:
    citizens = delivery(2_500, relations=900, seed=8)
    url = posted(manager, citizens)
    expected = sorted(citizens, key=lambda one: int(one["citizen_id"]))
    assert json.loads(read(manager, url, "json"))["data"] == expected
    assert [json.loads(line) for line in read(manager, url, "ndjson").splitlines()] == expected
    assert read(manager, url, "csv").count(b"\r\n") == 2_501


@settings(
    deadline=None, derandomize=True, max_examples=tries(40), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(citizens=valid_citizens())
def test_every_valid_delivery_comes_back(manager: APIClient, citizens: list[dict[str, Any]]) -> None:
    assert_all_come_back(manager, citizens)


def test_absent_friends_and_channel_become_their_defaults(manager: APIClient) -> None:
    url = posted(manager, [citizen(1)])
    row = manager.get(f"{url}/1").json()["data"]
    assert (row["friends"], row["channel"]) == ([], "unknown")


def test_the_largest_numbers_come_back(manager: APIClient) -> None:
    largest = 2**63 - 1
    one = citizen(largest, apartment=largest, relatives=[largest, 0], friends=[], channel="x")
    other = citizen(0, apartment=0, relatives=[largest], friends=[], channel="x", birth_date="01.01.0001")
    assert_all_come_back(manager, [one, other])


def test_an_empty_import_is_empty_in_every_representation(manager: APIClient) -> None:
    url = posted(manager, [])
    assert read(manager, url, "json") == b'{"data": []}'
    assert read(manager, url, "ndjson") == b""
    assert read(manager, url, "csv").decode().strip() == ",".join([*citizen(), "friends", "channel"])
    for format in TABLES:
        assert again(manager, url, format) == []


def test_a_byte_order_mark_comes_when_it_is_asked_for(manager: APIClient) -> None:
    people = [citizen(1, friends=[], channel="x")]
    url = posted(manager, people)
    plain = read(manager, url, "csv")
    assert manager.get(url, {"format": "csv", "bom": "true"}).getvalue() == b"\xef\xbb\xbf" + plain
    assert manager.get(url, {"format": "csv", "bom": "false"}).getvalue() == plain
    assert manager.get(url, {"bom": "true"}).getvalue() == read(manager, url, "json")
    assert again(manager, url, "csv", bom="true") == people
    refused = manager.get(url, {"format": "csv", "bom": "1"})
    assert problem(refused) == (400, [("?bom", "invalid")])


def test_a_workbook_has_only_so_many_rows(manager: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    url = posted(manager, [citizen(number) for number in range(3)])
    monkeypatch.setattr(workbook, "MAX_ROWS", 3)
    assert read(manager, url, "xlsx")
    monkeypatch.setattr(workbook, "MAX_ROWS", 2)
    answer = manager.get(url, {"format": "xlsx"})
    assert (answer.status_code, "as CSV there may be any number" in answer.json()["detail"]) == (413, True)
