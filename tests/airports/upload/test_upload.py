"""What an upload stores, refuses and writes down."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from airports.models import Airport
from airports.services.upload_airports import UploadResult, upload_airports
from config.common.problems import InvalidInput
from tests.airports.builders import make_airport
from tests.airports.upload.builders import PLACE, counts, table, upload, upload_bytes

pytestmark = pytest.mark.django_db

OPENFLIGHTS = Path(__file__).with_name("openflights.dat").read_bytes()


def test_openflights_rows_are_stored_as_they_are_meant() -> None:
    assert counts(upload_bytes(OPENFLIGHTS)) == {"rows": 4, "created": 4}
    fields = ("name", "city", "iata", "icao", "altitude", "timezone", "dst", "type")
    assert list(Airport.objects.order_by("id").values_list(*fields)) == [
        ("Goroka Airport", "Goroka", "GKA", "AYGA", 5282, 10, "U", "airport"),
        ("Putnam County Airport", "Greencastle", None, "4I7", 842, -5, None, "airport"),
        ('Narsarsuaq "Blue West" Airport', "Narssarssuaq", "UAK", "BGBW", 112, -3, "E", "airport"),
        ('Chicago "O\'Hare"', "Chicago, Illinois", "ORD", "KORD", None, 5.75, None, None),
    ]


def test_the_same_file_twice_changes_nothing() -> None:
    upload_bytes(OPENFLIGHTS)
    before = list(Airport.objects.order_by("id").values())
    entries = Airport.history.count()
    assert counts(upload_bytes(OPENFLIGHTS)) == {"rows": 4, "unchanged": 4}
    assert list(Airport.objects.order_by("id").values()) == before
    assert Airport.history.count() == entries


def test_history_names_the_actor_and_the_upload() -> None:
    actor = User.objects.create_user("ann")
    stored = make_airport("Old", 1.5, 2.5, icao="AAAA")
    same = make_airport("Same", 1.5, 2.5, icao="CCCC")
    rows = ({"name": "New", "icao": "AAAA"}, {"name": "Same", "icao": "CCCC"}, {"icao": "BBBB"})
    assert counts(upload(*rows, actor=actor)) == {"rows": 3, "created": 1, "updated": 1, "unchanged": 1}
    entries = Airport.history.filter(history_change_reason="upload").order_by("history_id")
    made = Airport.objects.get(icao="BBBB")
    assert [(e.id, e.history_type, e.name, e.version, e.history_user) for e in entries] == [
        (stored.pk, "~", "New", 2, actor),
        (made.pk, "+", "Somewhere", 1, actor),
    ]
    assert [entry.history_date for entry in entries] == [
        Airport.objects.get(pk=pk).updated_at for pk in (stored.pk, made.pk)
    ]
    assert [Airport.history.filter(id=pk).count() for pk in (stored.pk, made.pk, same.pk)] == [2, 1, 1]


def test_an_airport_without_history_begins_one_with_what_it_was() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO airports_airport (name, latitude, longitude, icao) VALUES ('Old', 1, 2, 'AAAA')")
    upload({"name": "New", "icao": "AAAA"})
    history = Airport.history.filter(icao="AAAA").order_by("history_id")
    assert [(entry.history_type, entry.name, entry.version) for entry in history] == [("+", "Old", 1), ("~", "New", 2)]


BAD = ({"icao": "AAAA"}, {"icao": "BBBB", "latitude": "91"}, {"name": "Third", "icao": "AAAA", "dst": "X"})


def test_one_bad_row_refuses_the_file() -> None:
    with pytest.raises(InvalidInput) as refused:
        upload(*BAD)
    assert [(error.pointer, error.code, error.detail) for error in refused.value.errors] == [
        ("line 3", "out_of_range", "latitude: A number from -90 to 90 is expected."),
        ("line 4", "invalid_choice", "dst: One of E, A, S, O, Z, N, U is expected."),
    ]
    assert not Airport.objects.exists()
    assert not Airport.history.exists()


def test_bad_values_and_duplicates_are_listed_together_by_line() -> None:
    with pytest.raises(InvalidInput) as refused:
        upload({}, {}, {"dst": "X"}, {}, {"tz": "?"})
    assert [error.pointer for error in refused.value.errors] == ["line 3", "line 4", "line 5", "line 6"]


def test_good_rows_are_stored_where_bad_ones_are_skipped() -> None:
    result = upload(*BAD, on_error="skip")
    assert counts(result) == {"rows": 3, "created": 1, "rejected": 2}
    assert [(r.line, r.column, r.code) for r in result.rejected] == [
        (3, "latitude", "out_of_range"),
        (4, "dst", "invalid_choice"),
    ]
    assert Airport.objects.get().icao == "AAAA"


@pytest.mark.parametrize("on_error", ["fail", "skip"])
def test_a_header_without_the_columns_refuses_the_file(on_error: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        upload_bytes(b"name,latitude,longitude\nA,1,2\n", on_error=on_error)
    assert [error.pointer for error in refused.value.errors] == ["line 1"] * 10
    assert refused.value.errors[0].detail == "city: This column is missing."


def test_a_dry_run_counts_and_stores_nothing() -> None:
    make_airport("Old", 9, 9, icao="AAAA", iata="QQQ")
    make_airport("Loser", 8, 8, icao="LLLL", iata="YYY")
    rows = ({"name": "New", "icao": "AAAA", "iata": "YYY"}, {"icao": "BBBB"}, {"dst": "X"})
    before, entries = list(Airport.objects.order_by("id").values()), Airport.history.count()
    preview = upload(*rows, on_error="skip", dry_run=True)
    assert counts(preview) == {"rows": 3, "created": 1, "updated": 1, "displaced": 1, "rejected": 1}
    assert (list(Airport.objects.order_by("id").values()), Airport.history.count()) == (before, entries)
    assert upload(*rows, on_error="skip") == preview


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", table(), b"\r\n\r\n"])
def test_an_empty_file_changes_nothing(content: bytes) -> None:
    assert upload_bytes(content) == UploadResult(
        rows=0, created=0, updated=0, unchanged=0, displaced=0, skipped_deleted=0, rejected=[], more_rejected=0
    )


def test_progress_hears_of_every_row() -> None:
    heard: list[int] = []
    rows = [PLACE | {"latitude": f"{i / 100}"} for i in range(1_200)]
    upload(*rows, progress=heard.append)
    assert heard == [500, 1000, 1200]


def test_what_breaks_while_reading_stores_nothing_and_is_told() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if chunk := super().read(size):
                return chunk
            raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        upload_airports(stream=Broken(table({})), actor=None)
    assert not Airport.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_rows(django_assert_num_queries: Any) -> None:
    for count in (1, 1_500):
        rows = [{"name": f"Airport {count} {i}"} for i in range(count)]
        with django_assert_num_queries(20):
            upload(*rows)
