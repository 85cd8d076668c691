"""Making, changing, flagging, restoring, deleting and purging airports."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from airports.models import Airport
from airports.services.create_airport import create_airport
from airports.services.delete_airport import delete_airport
from airports.services.flag_airport import flag_airport
from airports.services.history import changes_in, history_of, record_history
from airports.services.purge_airports import purge_airports
from airports.services.restore_airport import restore_airport
from airports.services.update_airport import update_airport
from config.common.problems import Conflict, NotFound, Stale
from tests.airports.builders import VALENCIA, make_airport, make_valencia

pytestmark = pytest.mark.django_db


def log(airport_id: int) -> list[tuple[str, str | None, int, dict[str, Any]]]:
    """What the history says, oldest first: kind, who, version, changes."""
    return [
        (entry.history_type, entry.history_user and entry.history_user.username, entry.version, changes_in(entry))
        for entry in reversed(history_of(airport_id=airport_id))
    ]


def pointers(problem: Conflict) -> list[tuple[str, str]]:
    """The offending values of a refusal."""
    return [(error.pointer, error.code) for error in problem.errors]


def test_a_new_airport_has_every_value_and_version_1() -> None:
    made = create_airport(values=VALENCIA, actor=None)
    stored = Airport.objects.get(pk=made.pk)
    assert {name: getattr(stored, name) for name in VALENCIA} == VALENCIA
    assert [stored.version, stored.is_deleted, made.version] == [1, False, 1]


def test_codes_that_others_have_are_all_named() -> None:
    make_valencia()
    with pytest.raises(Conflict) as refusal:
        create_airport(values=VALENCIA, actor=None)
    assert pointers(refusal.value) == [("/iata", "duplicate_code"), ("/icao", "duplicate_code")]
    assert Airport.objects.count() == 1


def test_a_change_is_written_with_the_next_version() -> None:
    airport = make_valencia()
    changed = update_airport(airport_id=airport.pk, values={"city": None, "altitude": 7.0}, actor=None, versions={1, 9})
    assert [changed.city, changed.altitude, changed.version] == [None, 7.0, 2]
    assert changed.updated_at > airport.updated_at
    assert changed.created_at == airport.created_at


def test_what_changes_nothing_writes_nothing() -> None:
    airport = make_valencia()
    assert update_airport(airport_id=airport.pk, values=VALENCIA, actor=None).version == 1
    assert len(log(airport.pk)) == 1


def test_a_stale_copy_changes_nothing() -> None:
    airport = make_valencia()
    with pytest.raises(Stale):
        update_airport(airport_id=airport.pk, values={"city": "X"}, actor=None, versions={2})
    assert Airport.objects.get().city == "Valencia"


def test_a_flagged_airport_gives_its_codes_free_and_cannot_be_written() -> None:
    airport = make_valencia()
    flagged = flag_airport(airport_id=airport.pk, actor=None)
    assert [flagged.is_deleted, flagged.version] == [True, 2]
    assert flagged.deleted_at is not None
    for write in (flag_airport, delete_airport):
        with pytest.raises(Conflict):
            write(airport_id=airport.pk, actor=None)
    with pytest.raises(Conflict):
        update_airport(airport_id=airport.pk, values={"city": "X"}, actor=None)
    make_valencia()
    assert [row.pk for row in Airport.objects.flagged()] == [airport.pk]


def test_restoring_takes_the_flag_off() -> None:
    airport = make_valencia()
    flag_airport(airport_id=airport.pk, actor=None)
    restored = restore_airport(airport_id=airport.pk, actor=None)
    assert [restored.is_deleted, restored.deleted_at, restored.version] == [False, None, 3]
    with pytest.raises(Conflict):
        restore_airport(airport_id=airport.pk, actor=None)


def test_restoring_is_refused_where_another_airport_took_the_code() -> None:
    airport = make_valencia()
    flag_airport(airport_id=airport.pk, actor=None)
    make_airport(iata="VLC")
    with pytest.raises(Conflict) as refusal:
        restore_airport(airport_id=airport.pk, actor=None)
    assert pointers(refusal.value) == [("/iata", "duplicate_code")]
    assert Airport.objects.get(pk=airport.pk).is_deleted


@pytest.mark.parametrize("write", [flag_airport, restore_airport, delete_airport])
def test_what_is_not_there_cannot_be_written(write: Any) -> None:
    with pytest.raises(NotFound):
        write(airport_id=1, actor=None)


def test_the_purge_removes_what_was_flagged_long_ago() -> None:
    old, recent, live = make_airport("Old"), make_airport("Recent"), make_airport("Live")
    for airport in (old, recent):
        flag_airport(airport_id=airport.pk, actor=None)
    Airport.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=30, seconds=1))
    Airport.objects.filter(pk=recent.pk).update(deleted_at=timezone.now() - timedelta(days=29))
    assert purge_airports() == 1
    assert purge_airports() == 0
    assert [airport.pk for airport in Airport.objects.all()] == [recent.pk, live.pk]
    assert [entry[0] for entry in log(old.pk)] == ["+", "~", "-"]


def test_a_purge_of_some_takes_those_that_are_flagged() -> None:
    flagged, live = make_airport("Flagged"), make_airport("Live")
    flag_airport(airport_id=flagged.pk, actor=None)
    assert purge_airports(airport_ids=[flagged.pk, live.pk]) == 1
    assert [airport.pk for airport in Airport.objects.all()] == [live.pk]


def test_the_history_says_who_changed_what_and_survives_the_airport(superuser: User) -> None:
    airport = create_airport(values={"name": "A", "latitude": 1.0, "longitude": 2.0}, actor=superuser)
    airport_id = airport.pk
    update_airport(airport_id=airport_id, values={"name": "B", "iata": "BBB"}, actor=None)
    flag_airport(airport_id=airport_id, actor=superuser)
    restore_airport(airport_id=airport_id, actor=superuser)
    delete_airport(airport_id=airport_id, actor=superuser)
    made: dict[str, tuple[object, object]] = {"name": (None, "A"), "latitude": (None, 1.0), "longitude": (None, 2.0)}
    renamed: dict[str, tuple[object, object]] = {"name": ("A", "B"), "iata": (None, "BBB")}
    expected: list[tuple[str, str | None, int, dict[str, tuple[object, object]]]] = [
        ("+", "root", 1, made),
        ("~", None, 2, renamed),
        ("~", "root", 3, {"is_deleted": (False, True)}),
        ("~", "root", 4, {"is_deleted": (True, False)}),
        ("-", "root", 4, {}),
    ]
    found = [
        (kind, who, version, {name: (change["from"], change["to"]) for name, change in changes.items()})
        for kind, who, version, changes in log(airport_id)
    ]
    assert found == expected


def test_many_are_recorded_by_one_statement(superuser: User, django_assert_num_queries: Any) -> None:
    airport_ids = [make_airport(str(number)).pk for number in range(3)]
    Airport.objects.filter(pk__in=airport_ids).update(city="X", version=2)
    with django_assert_num_queries(1):
        record_history(airport_ids=airport_ids, kind="~", actor=superuser, at=timezone.now(), reason="upload")
    assert [log(airport_id)[-1] for airport_id in airport_ids] == [
        ("~", "root", 2, {"city": {"from": None, "to": "X"}})
    ] * 3


def test_the_history_of_an_airport_that_came_in_by_sql_begins_with_how_it_came() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO airports_airport (name, latitude, longitude) VALUES ('A', 1, 2) RETURNING id")
        (airport_id,) = cursor.fetchone()
    update_airport(airport_id=airport_id, values={"name": "B"}, actor=None)
    assert [(kind, changes.get("name")) for kind, _, _, changes in log(airport_id)] == [
        ("+", {"from": None, "to": "A"}),
        ("~", {"from": "A", "to": "B"}),
    ]


def test_there_is_no_history_of_what_never_was() -> None:
    with pytest.raises(NotFound):
        history_of(airport_id=1)
