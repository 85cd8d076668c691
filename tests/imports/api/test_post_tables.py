"""`POST /imports` with a table: what the query and the type say, in the background too, and what is refused."""

import tracemalloc
from typing import Any

import pytest
from rest_framework.test import APIClient

from imports.documents.formats import CSV, XLSX
from imports.models import Import
from imports.services.loading.load_received import load_received
from imports.services.loading.load_stream import load_stream
from imports.services.loading.receive_delivery import reload_delivery
from tests.imports.documents.tables import csv_of, rows_of, whole, xlsx_of
from tests.imports.office_files import changed
from tests.imports.spots import spots_of
from tests.imports.world import counts, load, problem, stored

pytestmark = pytest.mark.django_db(transaction=True)

LODZ = whole(town="x", street="x", building="1", name="Łódź")
ODD = csv_of(rows_of(LODZ), delimiter=";", encoding="cp1250")


def post(client: APIClient, body: bytes, query: str = "", kind: str = CSV.media_type, **headers: Any) -> Any:
    return client.post(f"/imports{query}", body, content_type=kind, **headers)


@pytest.mark.parametrize("encoding", ["windows-1252", "CP1252", "Windows-1252"])
@pytest.mark.parametrize("delimiter", [";", "semicolon"])
def test_the_query_says_what_is_not_to_be_guessed(manager: APIClient, encoding: str, delimiter: str) -> None:
    assert problem(post(manager, ODD)) == (400, [("line 2", "unknown_encoding")])
    query = f"?encoding={encoding}&delimiter={delimiter.replace(';', '%3B')}"
    assert post(manager, ODD, query).status_code == 201
    assert stored(Import.objects.get().pk)[1]["name"] == "£ódŸ"


def test_the_type_may_say_the_encoding_and_utf_8_is_no_promise(manager: APIClient) -> None:
    assert post(manager, ODD, kind="text/csv; charset=windows-1252").status_code == 201
    spanish = csv_of(rows_of(whole(town="Málaga", street="x", building="1", name="x")), encoding="cp1252")
    assert post(manager, spanish, kind="text/csv; charset=utf-8").status_code == 201
    assert post(manager, ODD, kind="text/csv; charset=koi8-r").status_code == 415
    # What many a client says of every text that it takes for plain.
    assert post(manager, spanish, kind="text/csv; charset=US-ASCII").status_code == 201


def test_a_sheet_is_named_by_the_query(manager: APIClient) -> None:
    body = xlsx_of(rows_of(whole()), title="Vecinos 2026", before=["x"])
    assert post(manager, body, "?sheet=Vecinos%202026", XLSX.media_type).status_code == 201
    assert counts() == (1, 1)
    assert problem(post(manager, body, "?sheet=x%20y", XLSX.media_type)) == (400, [("", "unknown_sheet")])


@pytest.mark.parametrize(
    ("query", "kind", "code"),
    [
        ("?sheet=x", CSV.media_type, "not_for_this_format"),
        ("?encoding=utf-8", XLSX.media_type, "not_for_this_format"),
        ("?delimiter=,", "application/json", "not_for_this_format"),
        ("?delimiter=|", CSV.media_type, "invalid_choice"),
        ("?encoding=koi8-r", CSV.media_type, "invalid_choice"),
        ("?encoding=%00", CSV.media_type, "null_characters_not_allowed"),
    ],
)
def test_what_a_format_does_not_have_is_refused(manager: APIClient, query: str, kind: str, code: str) -> None:
    assert problem(post(manager, b"", query, kind)) == (400, [(query.partition("=")[0], code)])
    assert counts() == (0, 0)


def test_in_the_background_and_loaded_again_it_is_read_as_was_said(manager: APIClient) -> None:
    answer = post(manager, ODD, "?encoding=windows-1252", HTTP_PREFER="respond-async")
    assert answer.status_code == 202
    first = Import.objects.get().pk
    again = reload_delivery(import_id=first, actor=None).pk
    for number in (first, again):
        assert load_received(import_id=number) == "complete"
        assert stored(number)[1]["name"] == "£ódŸ"


@pytest.mark.parametrize("kind", [CSV.media_type, XLSX.media_type])
def test_a_review_compares_what_the_table_says_in_the_end(manager: APIClient, kind: str) -> None:
    before = [whole(1, gender="female"), whole(2, gender="male"), whole(3, gender="female")]
    load(before)
    # The first M is said before the H that makes it female.
    rows = changed(rows_of(*before), gender=["M", "H", "M"], street=["Before", "Before", "Elsewhere"])
    body = csv_of(rows) if kind == CSV.media_type else xlsx_of(rows)
    answer = post(manager, body, "?review=true", kind, HTTP_PREFER="respond-async")
    latest = Import.objects.latest("pk").pk
    assert load_received(import_id=latest) == "checked"
    row = manager.get(answer.headers["Location"]).json()["data"]
    assert {name: row["review"][name] for name in ("residents", "new", "gone", "changed")} == {
        "residents": 3, "new": 0, "gone": 0, "changed": 3,
    }  # fmt: skip
    assert {tuple(one["changes"]) for one in row["review"]["differences"]} == {("street",)}
    manager.post(f"{answer.headers['Location']}/approve")
    assert load_received(import_id=latest) == "complete"
    assert [one["gender"] for one in stored(latest).values()] == ["female", "male", "female"]


@pytest.mark.parametrize("headers", [{}, {"HTTP_PREFER": "respond-async"}], ids=["at once", "later"])
def test_a_workbook_has_the_limits_of_what_is_read_as_a_whole(
    manager: APIClient, settings: Any, headers: dict[str, str]
) -> None:
    settings.IMPORT_MAX_BYTES = 100
    assert post(manager, xlsx_of(rows_of(whole())), "", XLSX.media_type, **headers).status_code == 413
    assert counts() == (0, 0)


def test_m_that_was_stored_before_h_came_is_female(manager: APIClient) -> None:
    people = [whole(number, gender="M") for number in range(1_500)]
    body = csv_of([*rows_of(*people), [], *rows_of(whole(2_000, gender="male"), whole(2_001, gender="H"))[1:]])
    assert post(manager, body).status_code == 201
    genders = {number: one["gender"] for number, one in stored(Import.objects.get().pk).items()}
    assert genders == {**dict.fromkeys(range(1_500), "female"), 2_000: "male", 2_001: "male"}


def test_what_only_the_whole_shows_is_found_on_the_line_where_it_stands(manager: APIClient) -> None:
    long_name = whole(1, name="a\nb", relatives=[3])
    body = csv_of([*rows_of(long_name), [], *rows_of(whole(2), whole(2), whole(3))[1:]]).replace(
        b"relatives", b"Family"
    )
    answer = post(manager, body)
    assert spots_of(answer) == [("line 6/citizen_id", "duplicate")]
    answer = post(manager, body.replace(b"\r\n2,", b"\r\n4,", 1))
    assert spots_of(answer) == [("line 2/relatives/0", "not_mutual")]
    assert answer.json()["errors"][0]["detail"].startswith("relatives/0 (Family): ")


def test_memory_does_not_grow_with_the_table() -> None:
    header, one = csv_of(rows_of(whole(10**9))).split(b"\r\n", 1)

    def peak(count: int) -> int:
        rows = (one.replace(b"1000000000", str(number).encode()) for number in range(count))
        tracemalloc.start()
        load_stream(chunks=_after(header, rows), format=CSV, actor=None)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)  # what is made once
    assert peak(6_000) < peak(2_000) + 2**20


def _after(header: bytes, rows: Any) -> Any:
    yield header + b"\n"
    yield from rows
