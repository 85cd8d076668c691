"""Wrong rows that are corrected cell by cell: the same delivery, delivered right."""

from collections.abc import Mapping
from copy import deepcopy
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from config.common.problems import Conflict, NotFound
from config.common.tabular.guards import guarded
from imports.documents.formats import CSV, JSON, NDJSON, XLSX
from imports.documents.options import TableOptions
from imports.documents.value_cells import cells_of
from imports.fields import NAMES
from imports.models import Import, RawChunk
from imports.services.loading.load_received import load_received
from imports.services.loading.mend_rows import StillWrong, mend_rows, token_of
from tests.factories import people, relate
from tests.imports.admin.people import somebody
from tests.imports.documents.tables import csv_of, rows_of
from tests.imports.services.loading.mending import FORMATS, failed, manager
from tests.imports.world import lines_of, load, received, stored

pytestmark = pytest.mark.django_db(transaction=True)
People = list[dict[str, Any]]


def grid(found: Import) -> dict[int, dict[str, str]]:
    """What stands in the grid, as a browser has it."""
    cells: Any = found.wrong_cells
    names = [name for name, _ in cells["columns"]]
    assert sorted(names) == sorted(NAMES)
    return {
        row["number"]: {name: row["texts"].get(name, "").replace("\n", "") for name in names} for row in cells["rows"]
    }


def mended(found: Import, typed: Mapping[int, Mapping[str, str]]) -> str:
    """What became of the delivery with these rows."""
    made = mend_rows(import_id=found.pk, typed=typed, seen=token_of(found), actor=manager())
    assert made.delivery.pk == found.pk
    return load_received(import_id=found.pk)


def spoilt(field: str, value: Any, media_type: str = JSON.media_type) -> Import:
    """A delivery of three, of whom the second has this value."""
    citizens = people(3)
    citizens[1][field] = value
    return failed(FORMATS[media_type](citizens), media_type=media_type)


WRONG: list[dict[str, Any]] = [
    {"town": ""},
    {"birth_date": "31.02.1990"},
    {"apartment": -1},
    {"apartment": "12"},
    {"gender": "?"},
    {"citizen_id": 1},
    {"citizen_id": "one"},
    # Of two who name each other, and themselves, this may be right, but for the last one.
    {"friends": [1, 2, 99]},
    {"relatives": [7, 7]},
    {"relatives": None},
    {"street": "", "channel": "?!"},
    {"building": "x" * 300},
]
# What nobody types over has to come through as it is.
NAMES_OF_PEOPLE = st.sampled_from(
    ["Anna", " Anna ", "'=1+1", "=1+1", "Zoë\nÅ", "\u202eannA", "a\tb", '"', "NULL", "ß" * 256]
)
SOURCES = count()


def right_texts(resident: dict[str, Any]) -> dict[str, str]:
    return dict(zip(NAMES, cells_of(resident), strict=True))


def as_meant(found: Import, right: People) -> str:
    """What became of it once somebody has typed over each cell in which something else is meant. What is wrong beside a
    row that is wrong by itself is found the next time."""
    typed = grid(found)
    for number, cells in typed.items():
        for name, text in right_texts(right[number - 1]).items():
            cells[name] = cells[name] if cells[name] == text.replace("\n", "") else text
    status = mended(found, typed)
    found.refresh_from_db()
    return status


# With a database it would take minutes to find the smallest case.
@settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    names=st.lists(NAMES_OF_PEOPLE, min_size=6, max_size=6),
    wrong=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(WRONG)), min_size=1, max_size=4),
    pairs=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)).filter(lambda p: p[0] != p[1]), max_size=4),
    others=st.dictionaries(st.integers(1, 6), st.sampled_from(["Lviv", " Kyiv", "'=2"]), max_size=3),
    media_type=st.sampled_from(list(FORMATS)),
)
def test_wrong_rows_that_are_mended_in_any_cells_are_the_delivery_that_was_meant(
    names: list[str],
    wrong: list[tuple[int, dict[str, Any]]],
    pairs: list[tuple[int, int]],
    others: dict[int, str],
    media_type: str,
) -> None:
    right = [one | {"name": name} for one, name in zip(people(6), names, strict=True)]
    if media_type == XLSX.media_type:
        # There it would be a formula.
        right = [one | {"name": one["name"].lstrip("=")} for one in right]
    right = relate(right, "relatives", *{frozenset(pair): pair for pair in pairs}.values())
    spoiled = deepcopy(right)
    for place, change in wrong:
        spoiled[place] |= change
        if change == {"apartment": "12"} and media_type in {CSV.media_type, XLSX.media_type}:
            # There it is a number, and nothing is wrong with it.
            right[place]["apartment"] = 12
    sent = spoiled
    if media_type == CSV.media_type:
        sent = [one | {"name": guarded(one["name"])} for one in spoiled]
    source = f"source {next(SOURCES)}"
    import_id = received(FORMATS[media_type](sent), media_type=media_type, source=source, actor=manager())
    # Not all that is wrong in JSON can be written in a table.
    assume(load_received(import_id=import_id) == "failed")
    found = Import.objects.get(pk=import_id)
    for number in others.keys() & grid(found).keys():
        right[number - 1]["street"] = others[number]
    attempts = [as_meant(found, right) for _ in range(3) if found.status == "failed"]
    assert attempts[-1] == "complete", found.wrong_cells
    assert stored(found.pk) == stored(load(right, source=f"{source} again"))
    found.refresh_from_db()
    assert (found.decided_by, found.wrong_cells) == (manager(), None)


@pytest.mark.parametrize("media_type", FORMATS)
def test_what_is_still_wrong_is_said_and_nothing_changes(media_type: str) -> None:
    found = spoilt("town", "", media_type)
    body = b"".join(bytes(chunk.content) for chunk in RawChunk.objects.filter(delivery=found))
    typed = grid(found)
    typed[2] |= {"town": " ", "apartment": "first floor"}
    with pytest.raises(StillWrong) as refused:
        mended(found, typed)
    assert {number: [fault.field for fault in some] for number, some in refused.value.faults.items()} == {
        2: ["town", "apartment"]
    }
    found.refresh_from_db()
    assert (found.status, found.mended, found.decided_by) == ("failed", None, None)
    assert b"".join(bytes(chunk.content) for chunk in RawChunk.objects.filter(delivery=found)) == body


def test_what_only_the_whole_shows_comes_back_as_it_was_typed_at_its_old_place() -> None:
    found = spoilt("town", "")
    typed = grid(found)
    typed[2] |= {"town": "Lviv", "friends": "3"}
    assert mended(found, typed) == "failed"
    found.refresh_from_db()
    again = grid(found)
    assert (sorted(again), again[2]["town"], again[2]["friends"]) == ([2, 3], "Lviv", "3")
    again[3]["friends"] = "2"
    assert mended(found, again) == "complete"
    cells: Any = found.wrong_cells
    assert (stored(found.pk)[3]["friends"], cells["rows"][0]["pointer"]) == ([2], "line 2")


@pytest.mark.parametrize("media_type", [JSON.media_type, CSV.media_type])
def test_an_m_of_which_nobody_knows_what_it_means_stays_wrong(media_type: str) -> None:
    found = spoilt("gender", "?", media_type)
    typed = grid(found)
    typed[2]["gender"] = "M"
    with pytest.raises(StillWrong):
        mended(found, typed)
    typed[2]["gender"] = "mujer"
    assert mended(found, typed) == "complete"


def test_a_cell_that_a_page_cannot_show_stays_wrong_until_somebody_types_over_it() -> None:
    found = spoilt("town", "Ky\0iv")
    typed = grid(found)
    with pytest.raises(StillWrong):
        mended(found, typed)
    assert mended(found, {2: typed[2] | {"town": "Kyiv"}}) == "complete"


def test_a_line_that_cannot_be_read_is_typed_anew() -> None:
    first, second = people(2)
    found = failed(b'{"citizen_id": 2,\n' + lines_of([first]), media_type=NDJSON.media_type)
    cells: Any = found.wrong_cells
    (row,) = cells["rows"]
    assert (row["texts"], row["beyond"]) == ({}, '{"citizen_id": 2,')
    assert mended(found, {1: right_texts(second)}) == "complete"
    assert sorted(stored(found.pk)) == [1, 2]


def test_columns_have_the_names_of_the_file_and_those_that_it_lacks_are_there_too() -> None:
    rows = [row[:-1] for row in rows_of(*people(3))]
    rows[0] = [f"Spalte {n}" for n in range(len(rows[0]))]
    rows[2][1] = ""
    found = failed(csv_of(rows), media_type=CSV.media_type, options=TableOptions(columns=NAMES[:-1]))
    cells: Any = found.wrong_cells
    assert [cells["columns"][place] for place in (1, -1)] == [["town", "Spalte 1"], ["channel", ""]]
    typed = grid(found)
    typed[2] |= {"town": "Kyiv", "channel": "radio"}
    assert mended(found, typed) == "complete"
    assert [row["channel"] for row in stored(found.pk).values()] == ["unknown", "radio", "unknown"]


def test_more_rows_or_longer_ones_than_a_form_holds_have_no_grid() -> None:
    citizens = [one | {"town": ""} for one in people(501)]
    assert failed(lines_of(citizens[:500]), media_type=NDJSON.media_type).wrong_cells is not None
    assert failed(lines_of(citizens), media_type=NDJSON.media_type).wrong_cells is None
    assert spoilt("building", "x" * 400_000).wrong_cells is None


def test_of_two_who_correct_the_same_rows_the_second_is_told() -> None:
    found = spoilt("town", "")
    typed = grid(found)
    typed[2]["town"] = "Kyiv"
    still = {2: typed[2] | {"friends": "3"}}
    assert mended(found, still) == "failed"
    with pytest.raises(Conflict, match="Somebody has worked on these rows"):
        mended(found, typed)


def test_another_may_not_and_a_row_may_not_be_forgotten() -> None:
    found = spoilt("town", "")
    with pytest.raises(NotFound):
        mend_rows(import_id=found.pk, typed=grid(found), seen=token_of(found), actor=somebody("Importers"))
    with pytest.raises(Conflict):
        mended(found, {})
