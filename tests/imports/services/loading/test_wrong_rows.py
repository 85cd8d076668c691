"""The wrong rows of a delivery, and what is left without them."""

import gzip
import io
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.common.problems import Conflict, Gone, InvalidInput, NotFound
from config.common.tabular.workbook import write_workbook
from config.common.tabular.wrong_rows import WHY
from imports.documents.formats import CSV, JSON, NDJSON, XLSX
from imports.documents.options import TableOptions
from imports.fields import NAMES
from imports.models import Import
from imports.services.loading.correct_rows import correct_rows
from imports.services.loading.load_received import load_received
from imports.services.loading.steer_delivery import load_good_rows
from imports.services.loading.wrong_rows import is_mendable, wrong_table
from tests.factories import people, relate
from tests.imports.admin.people import somebody
from tests.imports.documents.tables import csv_of, rows_of, xlsx_of
from tests.imports.world import body_of, faults, lines_of, load, received, stored

pytestmark = pytest.mark.django_db(transaction=True)
People = list[dict[str, Any]]
FORMATS: dict[str, Callable[[People], bytes]] = {
    JSON.media_type: body_of,
    NDJSON.media_type: lines_of,
    CSV.media_type: lambda some: csv_of(rows_of(*some)),
    XLSX.media_type: lambda some: xlsx_of(rows_of(*some)),
}


def failed(body: bytes, **values: Any) -> Import:
    import_id = received(body, **values)
    assert load_received(import_id=import_id) == "failed"
    return Import.objects.get(pk=import_id)


def table_of(found: Import) -> list[list[str]]:
    table = wrong_table(import_id=found.pk, actor=manager())
    return [list(table.header), *table.rows]


def manager() -> Any:
    return somebody("Managers", "manager")


def counts_of(found: Import) -> list[int]:
    """All rows, the wrong ones, and those that are shown."""
    summary = found.wrong_rows or {"rows": 0, "wrong": 0, "shown": []}
    return [summary["rows"], summary["wrong"], len(summary["shown"])]


def ids(found: Import) -> list[str]:
    return [row[0] for row in table_of(found)[1:]]


def workbook(table: list[list[str]]) -> bytes:
    file = io.BytesIO()
    write_workbook(file, title="rows", header=table[0], rows=table[1:])
    return file.getvalue()


def corrected(found: Import, table: list[list[str]]) -> tuple[str, Import]:
    """What became of a delivery with these corrected rows."""
    made = correct_rows(import_id=found.pk, content=workbook(table), name="rows.xlsx", actor=manager()).delivery
    return load_received(import_id=made.pk), Import.objects.get(pk=made.pk)


def loaded_without(found: Import) -> tuple[dict[int, dict[str, Any]], int | None]:
    load_good_rows(import_id=found.pk, actor=manager())
    assert load_received(import_id=found.pk) == "complete"
    return stored(found.pk), Import.objects.get(pk=found.pk).left_out


@pytest.mark.parametrize("media_type", FORMATS)
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_all_wrong_rows_are_given_out_with_the_reason_in_the_columns_of_their_file(
    media_type: str, encoding: str
) -> None:
    citizens = people(400)
    for citizen in citizens[1::2]:
        citizen["town"] = ""
    body = FORMATS[media_type](citizens)
    found = failed(gzip.compress(body) if encoding else body, media_type=media_type, content_encoding=encoding)
    header, *rows = table_of(found)
    assert header == [*NAMES, WHY]
    assert [int(row[0]) for row in rows] == [citizen["citizen_id"] for citizen in citizens[1::2]]
    assert {row[1] for row in rows} == {""}
    assert all("town: " in row[-1] for row in rows)
    assert tuple(counts_of(found)) == (400, 200, 50)


@pytest.mark.parametrize("media_type", FORMATS)
def test_without_the_wrong_rows_the_rest_is_loaded_and_names_nobody_who_is_left_out(media_type: str) -> None:
    citizens = relate(people(4), "relatives", (1, 2), (3, 4))
    relate(citizens, "friends", (1, 3))
    citizens[1]["birth_date"] = "31.02.1990"
    residents, left_out = loaded_without(failed(FORMATS[media_type](citizens), media_type=media_type))
    assert left_out == 1
    assert {one: (row["relatives"], row["friends"]) for one, row in residents.items()} == {
        1: ([], [3]), 3: ([4], [1]), 4: ([3], []),
    }  # fmt: skip


def test_both_sides_of_a_relation_that_one_names_are_wrong_for_nobody_knows_which_is() -> None:
    citizens = people(4)
    citizens[0]["friends"] = [3]
    found = failed(lines_of(citizens), media_type=NDJSON.media_type)
    why = {row[0]: row[-1] for row in table_of(found)[1:]}
    assert why == {
        "1": "Line 1. friends: Does not name this one in return: resident 3.",
        "3": "Line 3. friends: Names this one, and is not named in return: resident 1.",
    }
    assert sorted(loaded_without(found)[0]) == [2, 4]


def test_all_rows_of_an_id_that_occurs_twice_are_wrong_also_beside_one_that_is_wrong_by_itself() -> None:
    citizens = people(5)
    citizens[2]["citizen_id"] = 1
    citizens[4] |= {"citizen_id": 2, "name": ""}
    found = failed(lines_of(citizens), media_type=NDJSON.media_type)
    assert ids(found) == ["1", "2", "1", "2"]
    assert sorted(loaded_without(found)[0]) == [4]


def test_a_name_of_nobody_is_wrong_unless_it_may_be_somebody_whose_id_cannot_be_read() -> None:
    citizens = people(3)
    citizens[0]["friends"] = [99]
    assert ids(failed(lines_of(citizens), media_type=NDJSON.media_type)) == ["1"]
    citizens[2]["citizen_id"] = "ninety-nine"
    found = failed(lines_of(citizens), media_type=NDJSON.media_type)
    assert ids(found) == ["ninety-nine"]
    assert loaded_without(found)[0][1]["friends"] == []


@pytest.mark.parametrize("media_type", FORMATS)
def test_the_corrected_rows_and_the_good_ones_are_the_delivery_that_was_meant(media_type: str) -> None:
    citizens = relate(people(4), "relatives", (1, 2))
    before = [dict(one) for one in citizens]
    citizens[1]["birth_date"] = "31.02.1990"
    citizens[3]["name"] = ""
    found = failed(FORMATS[media_type](citizens), media_type=media_type, source="padrón")
    table = table_of(found)
    table[1][NAMES.index("birth_date")] = before[1]["birth_date"]
    table[2][NAMES.index("name")] = before[3]["name"]
    status, made = corrected(found, table)
    assert (status, made.source) == ("complete", "padrón")
    assert stored(made.pk) == {one["citizen_id"]: {"friends": [], "channel": "unknown"} | one for one in before}


def test_a_row_that_is_still_wrong_can_be_mended_once_more() -> None:
    citizens = people(3)
    citizens[1]["town"] = ""
    found = failed(csv_of(rows_of(*citizens)), media_type=CSV.media_type)
    status, again = corrected(found, table_of(found))
    assert status == "failed"
    table = table_of(again)
    assert [row[:-1] for row in table] == [row[:-1] for row in table_of(found)]
    table[1][1] = "Kyiv"
    assert corrected(again, table)[0] == "complete"


def test_rows_that_were_loaded_without_can_be_mended_later() -> None:
    citizens = people(3)
    citizens[1]["town"] = ""
    found = failed(csv_of(rows_of(*citizens)), media_type=CSV.media_type)
    loaded_without(found)
    found.refresh_from_db()
    assert is_mendable(found)
    table = table_of(found)
    table[1][1] = "Kyiv"
    status, made = corrected(found, table)
    assert (status, len(stored(made.pk))) == ("complete", 3)


def test_columns_that_somebody_chose_hold_for_the_corrected_rows_in_any_order() -> None:
    rows = rows_of(*people(3))
    rows[0] = [f"Spalte {n}" for n in range(len(NAMES))]
    rows[2][1] = ""
    options = TableOptions(columns=list(NAMES))
    found = failed(csv_of(rows), media_type=CSV.media_type, options=options)
    table = table_of(found)
    assert table[0] == [*rows[0], WHY]
    table[1][1] = "Kyiv"
    assert corrected(found, [row[::-1] for row in table])[0] == "complete"


def test_a_letter_of_a_gender_is_given_out_as_what_it_means_in_its_file() -> None:
    rows = rows_of(*people(4, gender="M"))
    rows[4][NAMES.index("gender")] = "H"
    rows[1][1] = rows[4][1] = ""
    found = failed(csv_of(rows), media_type=CSV.media_type)
    assert [row[NAMES.index("gender")] for row in table_of(found)[1:]] == ["female", "male"]
    assert {row["gender"] for row in loaded_without(found)[0].values()} == {"female"}


def test_where_h_m_and_f_stand_together_whoever_has_an_m_is_wrong() -> None:
    rows = rows_of(*people(4, gender="M"))
    rows[3][NAMES.index("gender")], rows[4][NAMES.index("gender")] = "H", "F"
    found = failed(csv_of(rows), media_type=CSV.media_type)
    assert ids(found) == ["1", "2"]
    assert {one: row["gender"] for one, row in loaded_without(found)[0].items()} == {3: "male", 4: "female"}


def test_a_row_that_cannot_be_read_is_given_out_as_it_is() -> None:
    rows = csv_of(rows_of(*people(2))).replace(b"\r\n2,", b'\r\n2"x,"y"z,')
    found = failed(rows, media_type=CSV.media_type)
    table = table_of(found)
    assert len(table) == 2
    assert "Quotes stand around" in table[1][-1]
    line = b'{"citizen_id": 1,\n'
    found = failed(line + lines_of(people(1)), media_type=NDJSON.media_type)
    assert [row[0] for row in table_of(found)[1:]] == [line.decode().strip()]


def test_what_stands_beyond_the_columns_is_not_lost() -> None:
    rows = rows_of(*people(2))
    rows[1] = [*rows[1], "", "left over"]
    found = failed(csv_of(rows), media_type=CSV.media_type)
    assert "Beyond the columns: left over" in table_of(found)[1][-1]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"\xff", b'{"citizens": 1}', b"citizen_id,town\n1,Kyiv\n", b"who,lives,where\n"]
)
def test_of_what_is_no_delivery_there_are_no_wrong_rows(body: bytes) -> None:
    media_type = CSV.media_type if b"," in body else JSON.media_type
    found = failed(body, media_type=media_type)
    assert not is_mendable(found) or counts_of(found)[1] == 0


def test_nobody_right_is_nobody_to_load() -> None:
    citizens = people(1)
    citizens[0]["town"] = ""
    found = failed(body_of(citizens))
    with pytest.raises(Conflict):
        load_good_rows(import_id=found.pk, actor=manager())


def test_without_a_body_a_failure_or_a_right_there_is_nothing() -> None:
    found = failed(b"{}")
    with pytest.raises(NotFound):
        wrong_table(import_id=found.pk, actor=somebody("Importers"))
    with pytest.raises(Conflict):
        wrong_table(import_id=load(people(1)), actor=manager())
    Import.objects.filter(pk=found.pk).update(body_size=None)
    with pytest.raises(Gone):
        wrong_table(import_id=found.pk, actor=manager())


@pytest.mark.parametrize("content", [b"", b"{}", b"who,lives,where\n", lines_of(people(1))])
def test_what_is_no_table_corrects_nothing(content: bytes) -> None:
    citizens = people(2)
    citizens[0]["town"] = ""
    found = failed(body_of(citizens))
    with pytest.raises(InvalidInput):
        correct_rows(import_id=found.pk, content=content, name="rows.txt", actor=manager())
    assert Import.objects.count() == 1


CHANGES: list[dict[str, Any]] = [
    {"town": ""},
    {"birth_date": "31.02.1990"},
    {"apartment": -1},
    {"gender": "?"},
    {"citizen_id": 1},
    {"friends": [2]},
    {"relatives": [7, 7]},
    {"name": "=1+1\x01\u202e", "street": ""},
    {"building": "x" * 40_000},
    {"channel": "\ud800"},
]
SPOILED = st.sampled_from(CHANGES)
SOURCES = count()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spoiled=st.lists(st.tuples(st.integers(0, 7), SPOILED), max_size=5),
    pairs=st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)).filter(lambda p: p[0] != p[1]), max_size=5),
    media_type=st.sampled_from(list(FORMATS)),
)
def test_wrong_and_good_rows_are_all_rows_and_the_good_ones_are_right_as_a_whole(
    spoiled: list[tuple[int, dict[str, Any]]], pairs: list[tuple[int, int]], media_type: str
) -> None:
    distinct = list({frozenset(pair): pair for pair in pairs}.values())
    citizens = relate(people(8), "relatives", *distinct)
    for place, change in spoiled:
        citizens[place] |= change
    if media_type != NDJSON.media_type:
        citizens = json.loads(json.dumps(citizens).replace("\\ud800", "\\ufffd").replace("\\u0001", ""))
    # Of a source of its own: what would take many of another one's away waits for a look.
    source = f"source {next(SOURCES)}"
    import_id = received(FORMATS[media_type](citizens), media_type=media_type, source=source)
    if load_received(import_id=import_id) == "complete":
        return
    found = Import.objects.get(pk=import_id)
    wrong = table_of(found)[1:]
    assert len(wrong) == counts_of(found)[1] > 0
    if len(wrong) == len(citizens):
        return
    residents, left_out = loaded_without(found)
    assert len(residents) + len(wrong) == len(citizens)
    assert left_out == len(wrong)
    assert faults(import_id) == []
