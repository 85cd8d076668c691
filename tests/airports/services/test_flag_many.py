"""Many airports flagged or restored at once."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection

from airports.models import Airport
from airports.services import flag_many
from airports.services.flag_many import flag_airports, restore_airports
from airports.services.history import history_of
from tests.airports.builders import make_airport

pytestmark = pytest.mark.django_db


def flagged(name: str, **values: object) -> Airport:
    """A flagged airport."""
    airport = make_airport(name, **values)  # type: ignore[arg-type]
    flag_airports(airport_ids=[airport.pk], actor=None)
    return airport


def test_each_is_written_as_if_alone(superuser: User) -> None:
    airports = [make_airport("A"), make_airport("B")]
    assert flag_airports(airport_ids=[one.pk for one in airports], actor=superuser).done == 2
    for airport in airports:
        airport.refresh_from_db()
        newest = history_of(airport_id=airport.pk)[0]
        assert [airport.is_deleted, airport.deleted_at is not None, airport.version] == [True, True, 2]
        assert [newest.version, newest.history_user, newest.is_deleted] == [2, superuser, True]
    assert restore_airports(airport_ids=[one.pk for one in airports], actor=superuser).done == 2
    assert set(Airport.objects.values_list("is_deleted", "deleted_at", "version")) == {(False, None, 3)}


def test_what_is_refused_is_told_by_its_reason() -> None:
    done, other = flagged("Done"), make_airport("Other")
    outcomes = flag_airports(airport_ids=[done.pk, other.pk, 10**9], actor=None)
    assert outcomes.done == 1
    assert outcomes.refused == {
        "It is flagged as deleted already.": ["Done"],
        "It has been deleted for good meanwhile.": ["Airport 1000000000"],
    }


def test_a_code_goes_to_one_airport_only() -> None:
    first, second = flagged("First", iata="AAA"), flagged("Second", iata="AAA")
    third = flagged("Third", icao="BBBB")
    make_airport("Taker", icao="BBBB")
    outcomes = restore_airports(airport_ids=[third.pk, second.pk, first.pk], actor=None)
    assert outcomes.done == 1
    assert outcomes.refused == {
        "Another airport has its IATA code.": ["Second"],
        "Another airport has its ICAO code.": ["Third"],
    }


def test_an_airport_of_plain_sql_gets_its_origin_into_the_history() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO airports_airport (name, latitude, longitude) VALUES ('Raw', 1, 2) RETURNING id")
        (airport_id,) = cursor.fetchone()
    flag_airports(airport_ids=[airport_id], actor=None)
    assert [entry.history_type for entry in history_of(airport_id=airport_id)] == ["~", "+"]


def test_as_many_statements_for_fifty_as_for_one(django_assert_max_num_queries: object) -> None:
    airports = [make_airport(f"A{number}") for number in range(50)]
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        flag_airports(airport_ids=[one.pk for one in airports], actor=None)


@pytest.mark.django_db(transaction=True)
def test_a_code_taken_after_the_look_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the second look the unique index would end the action with an error."""
    airport = flagged("Late", iata="AAA")
    look = flag_many._live_codes
    looks: list[str] = []

    def take() -> None:
        make_airport("Taker", iata="AAA")
        connection.close()

    def slow_look(name: str, airports: list[Airport]) -> set[str | None]:
        codes = look(name, airports)
        if not looks:
            thread = threading.Thread(target=take)
            thread.start()
            thread.join()
        looks.append(name)
        return codes

    monkeypatch.setattr(flag_many, "_live_codes", slow_look)
    outcomes = restore_airports(airport_ids=[airport.pk], actor=None)
    assert [outcomes.done, outcomes.refused] == [0, {"Another airport has its IATA code.": ["Late"]}]
    assert looks == ["iata", "icao"] * 2
