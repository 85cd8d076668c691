"""Streams of residents: one snapshot each, whatever happens meanwhile, and a transaction that ends."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from config.common.http.tables import csv_lines
from config.common.problems import Conflict, Gone, NotFound
from imports.fields import NAMES, Patch
from imports.models import Citizen, Import
from imports.services.erasing.delete_delivery import delete_delivery, purge_deleted_deliveries
from imports.services.residents.correct_resident import correct_resident
from imports.services.residents.read_residents import Stream, stream_csv, stream_json, stream_ndjson, stream_rows
from tests.factories import alike
from tests.imports.crowd import in_threads
from tests.imports.world import load

STREAMS: list[Callable[..., Stream[Any]]] = [stream_json, stream_ndjson, stream_csv, stream_rows]
COUNT = 2_200


def elsewhere(act: Callable[[], object]) -> None:
    """Runs `act` on a connection of its own, to its end."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    in_threads([(run,)])


def rows_of(pieces: Iterator[bytes] | Stream[bytes]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(b"".join(pieces))["data"]
    return rows


def delete_and_purge(import_id: int) -> None:
    delete_delivery(import_id=import_id, actor=None)
    purge_deleted_deliveries()


@pytest.mark.django_db(transaction=True)
def test_a_deletion_does_not_wait_for_a_reader_who_gets_everything() -> None:
    import_id = load(alike(COUNT))
    pieces = iter(stream_json(import_id=import_id))
    first = next(pieces)
    elsewhere(lambda: delete_and_purge(import_id))
    assert Citizen.objects.count() == 0
    assert len(rows_of(iter([first, *pieces]))) == COUNT


@pytest.mark.django_db(transaction=True)
def test_a_correction_meanwhile_is_seen_on_no_side() -> None:
    import_id = load(alike(COUNT))
    stream = stream_json(import_id=import_id)
    patch = Patch(relatives=[1, COUNT])
    elsewhere(lambda: correct_resident(import_id=import_id, citizen_id=COUNT, patch=patch, actor=None))
    assert Citizen.objects.get(citizen_id=1).relatives == [COUNT]
    rows = rows_of(stream)
    assert (len(rows), rows[0]["relatives"], rows[-1]["relatives"]) == (COUNT, [], [])


@pytest.mark.django_db
@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ({"deleted_at": timezone.now()}, NotFound),
        ({"status": Import.Status.ERASED}, Gone),
        ({"status": Import.Status.QUEUED}, Conflict),
    ],
)
def test_a_stream_refuses_before_its_first_piece(
    stream: Callable[..., Any], state: dict[str, Any], problem: type[Exception]
) -> None:
    import_id = load(alike(3))
    Import.objects.update(**state)
    with pytest.raises(problem):
        stream(import_id=import_id)
    assert Import.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [0, 1, 999, 1_000, 1_001, 2_000])
def test_every_row_comes_once_and_the_transaction_ends(count: int) -> None:
    import_id = load(alike(count))
    for stream in STREAMS:
        assert sum(1 for _ in stream(import_id=import_id)) >= min(count, 1)
        assert connection.in_atomic_block is False
    rows = rows_of(stream_json(import_id=import_id))
    assert [row["citizen_id"] for row in rows] == list(range(1, count + 1))
    assert len(list(stream_rows(import_id=import_id))) == count


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stream", STREAMS)
def test_closing_a_stream_ends_its_transaction(stream: Callable[..., Any]) -> None:
    opened = stream(import_id=load(alike(COUNT)))
    assert connection.in_atomic_block is True
    opened.close()
    assert connection.in_atomic_block is False


@pytest.mark.django_db(transaction=True)
def test_a_small_import_holds_no_transaction_while_it_is_read() -> None:
    stream = stream_json(import_id=load(alike(3)))
    assert connection.in_atomic_block is False
    assert len(rows_of(stream)) == 3


HOSTILE = st.text(alphabet="aÑ\U0001f600 ,;\"'=+-@\t\r\n\\", min_size=1, max_size=6)


class TestCsv(TestCase):
    @settings(deadline=None)
    @given(st.lists(HOSTILE, min_size=1, max_size=5))
    def test_postgresql_writes_the_rows_that_python_would(self, texts: list[str]) -> None:
        residents = alike(len(texts))
        for resident, text in zip(residents, texts, strict=True):
            resident |= {"name": f"{text}a", "town": f"{text}1", "channel": f"x{text}", "friends": []}
        import_id = load(residents)
        expected = "".join(csv_lines(NAMES, stream_rows(import_id=import_id)))
        assert b"".join(stream_csv(import_id=import_id)).decode() == expected
