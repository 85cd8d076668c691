"""The way back of wrong rows: corrected, with the good ones, or left out."""

import pytest

from config.common.problems import Conflict, InvalidInput
from config.common.tabular.wrong_rows import WHY
from imports.documents.formats import CSV
from imports.documents.options import TableOptions
from imports.fields import NAMES
from imports.models import Import
from imports.services.loading.correct_rows import correct_rows
from imports.services.loading.steer_delivery import load_good_rows
from imports.services.loading.wrong_rows import is_mendable
from tests.factories import people, relate
from tests.imports.documents.tables import csv_of, rows_of
from tests.imports.services.loading.mending import FORMATS, corrected, failed, loaded_without, manager, table_of
from tests.imports.world import body_of, lines_of, stored

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_nobody_right_is_nobody_to_load() -> None:
    citizens = people(1)
    citizens[0]["town"] = ""
    found = failed(body_of(citizens))
    with pytest.raises(Conflict):
        load_good_rows(import_id=found.pk, actor=manager())


@pytest.mark.parametrize("content", [b"", b"{}", b"who,lives,where\n", lines_of(people(1))])
def test_what_is_no_table_corrects_nothing(content: bytes) -> None:
    citizens = people(2)
    citizens[0]["town"] = ""
    found = failed(body_of(citizens))
    with pytest.raises(InvalidInput):
        correct_rows(import_id=found.pk, content=content, name="rows.txt", actor=manager())
    assert Import.objects.count() == 1
