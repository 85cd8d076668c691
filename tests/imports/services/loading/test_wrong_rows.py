"""The wrong rows of a delivery, and what is left without them."""

import gzip
import json
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.common.problems import Conflict, Gone, NotFound
from config.common.tabular.wrong_rows import WHY
from imports.documents.formats import CSV, JSON, NDJSON, XLSX
from imports.fields import NAMES
from imports.models import Import
from imports.services.loading.load_received import load_received
from imports.services.loading.wrong_rows import is_mendable, wrong_table
from tests.factories import people, relate
from tests.imports.admin.people import somebody
from tests.imports.documents.tables import csv_of, rows_of
from tests.imports.services.loading.mending import (
    FORMATS,
    counts_of,
    failed,
    ids,
    loaded_without,
    manager,
    table_of,
)
from tests.imports.world import faults, lines_of, load, received

pytestmark = pytest.mark.django_db(transaction=True)
# What is said of the second resident.
FIRST = {
    JSON.media_type: "Entry 2, resident 2. town: At least",
    NDJSON.media_type: "Line 2, resident 2. town: At least",
    CSV.media_type: "Line 3, resident 2. town (cell 2): This",
    XLSX.media_type: "Row 3, resident 2. town (B3): This",
}


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
    assert rows[0][-1].startswith(FIRST[media_type])
    assert tuple(counts_of(found)) == (400, 200, 50)


def test_both_sides_of_a_relation_that_one_names_are_wrong_for_nobody_knows_which_is() -> None:
    citizens = people(4)
    citizens[0]["friends"] = [3]
    found = failed(lines_of(citizens), media_type=NDJSON.media_type)
    why = {row[0]: row[-1] for row in table_of(found)[1:]}
    assert why == {
        "1": "Line 1, resident 1. friends: Does not name this one in return: resident 3.",
        "3": "Line 3, resident 3. friends: Names this one, and is not named in return: resident 1.",
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


def test_without_a_body_a_failure_or_a_right_there_is_nothing() -> None:
    found = failed(b"{}")
    with pytest.raises(NotFound):
        wrong_table(import_id=found.pk, actor=somebody("Importers"))
    with pytest.raises(Conflict):
        wrong_table(import_id=load(people(1)), actor=manager())
    Import.objects.filter(pk=found.pk).update(body_size=None)
    with pytest.raises(Gone):
        wrong_table(import_id=found.pk, actor=manager())


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
