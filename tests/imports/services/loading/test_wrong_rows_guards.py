"""Mending a delivery is held to what an upload is held to, and survives whatever stands in the file."""

import json

import pytest
from django.contrib.auth.models import User

from config.common.problems import Conflict, Forbidden, NotFound
from imports.documents.errors import InvalidDocument
from imports.documents.formats import CSV, NDJSON
from imports.documents.headers import names_in, read_header
from imports.fields import NAMES
from imports.models import Import, Source
from imports.services.loading.correct_rows import correct_rows
from imports.services.loading.examine_rows import Examination
from imports.services.loading.hold_losses import takes_away_many
from imports.services.loading.load_received import load_received
from imports.services.loading.steer_delivery import load_good_rows
from imports.services.loading.wrong_rows import mendable
from imports.services.naming.change_named import change_named
from tests.factories import people
from tests.imports.admin.people import somebody
from tests.imports.documents.tables import csv_of, rows_of
from tests.imports.world import lines_of, load, received

pytestmark = pytest.mark.django_db(transaction=True)


def half_wrong(count: int, actor: User | None = None) -> int:
    """A delivery that failed for every second row."""
    citizens = people(count)
    for citizen in citizens[1::2]:
        citizen["town"] = ""
    import_id = received(csv_of(rows_of(*citizens)), media_type=CSV.media_type, source="office", actor=actor)
    assert load_received(import_id=import_id) == "failed"
    return import_id


def mended(import_id: int, actor: User) -> int:
    """The delivery of the good rows and of one that was wrong."""
    content = csv_of(rows_of(people(2)[1]))
    return correct_rows(import_id=import_id, content=content, name="rows.csv", actor=actor).delivery.pk


def test_good_rows_and_corrected_ones_that_take_many_away_wait_for_a_look() -> None:
    manager = somebody("Managers")
    load(people(20), source="office")
    import_id = half_wrong(20)
    made = mended(import_id, manager)
    assert load_received(import_id=made) == "checked"
    import_id = half_wrong(20)
    load_good_rows(import_id=import_id, actor=manager)
    assert load_received(import_id=import_id) == "checked"


def test_what_was_reviewed_once_is_reviewed_again_when_it_is_mended() -> None:
    import_id = half_wrong(4)
    Import.objects.filter(pk=import_id).update(review={"residents": 4})
    assert load_received(import_id=mended(import_id, somebody("Managers"))) == "checked"


def test_an_old_delivery_is_not_mended_over_a_newer_one() -> None:
    import_id = half_wrong(4)
    load(people(4), source="office")
    with pytest.raises(Conflict, match="came after this one"):
        mended(import_id, somebody("Managers"))


def test_whoever_may_not_load_the_source_any_more_decides_nothing() -> None:
    importer, other = somebody("Importers", "ines"), somebody("Importers", "olga")
    import_id = half_wrong(4, actor=importer)
    change_named(Source, pk=Source.objects.get().pk, values={"uploaders": [other.username]}, actor=None)
    with pytest.raises(Forbidden):
        load_good_rows(import_id=import_id, actor=importer)


def test_a_guess_at_who_is_in_anothers_delivery_is_answered_by_numbers_alone() -> None:
    load(people(9), source="office")
    guess = load([*people(8), people(10)[9]], source="office")
    importer, manager = somebody("Importers"), somebody("Managers")
    answers = [takes_away_many(import_id=guess, source="office", actor=one) for one in (importer, manager, None)]
    assert answers == [False, True, True]


def test_a_resident_is_no_header_and_is_not_shown_as_one() -> None:
    (row,) = rows_of(*people(1))[1:]
    with pytest.raises(InvalidDocument) as refused:
        read_header(row, place="line 1", columns=NAMES)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("line 1", "no_header")]
    assert people(1)[0]["birth_date"] not in str(refused.value.errors)


def test_a_name_of_a_column_can_be_shown_and_stored_whatever_it_is() -> None:
    names = names_in(["ID\0", "\udcff", "Ciudad"])
    assert "\0" not in json.dumps(names)
    assert [name.encode() for name in names] == ["ID␀".encode(), b"?", b"Ciudad"]


def test_reasons_are_counted_by_our_fields_not_by_keys_that_somebody_made_up() -> None:
    rows = [one | {f"key {place}": 1} for place, one in enumerate(people(30))]
    import_id = received(lines_of([*rows, people(31)[30]]), media_type=NDJSON.media_type)
    assert load_received(import_id=import_id) == "failed"
    examined: Examination = mendable(import_id=import_id, actor=somebody("Managers"))[1]
    assert {field for field, _detail in examined.reasons} == {""}


def test_of_anothers_delivery_nobody_learns_whether_a_row_is_right() -> None:
    citizens = [one | {"town": ""} for one in people(2)]
    import_id = received(lines_of(citizens), media_type=NDJSON.media_type, actor=somebody("Importers", "ines"))
    assert load_received(import_id=import_id) == "failed"
    with pytest.raises(NotFound):
        load_good_rows(import_id=import_id, actor=somebody("Importers", "olga"))
