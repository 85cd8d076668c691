"""Deliveries that come and go leave the tables as large as they were."""

import pytest
from django.db import connection
from django.utils import timezone

from imports.models import Import
from imports.services.erasing import reclaim_space as service
from imports.services.erasing.delete_delivery import delete_delivery, purge_deleted_deliveries
from imports.services.erasing.erase_delivery import erase_delivery, scrub_erased_deliveries
from imports.services.erasing.reclaim_space import reclaim_soon, reclaim_space
from tests.factories import alike
from tests.imports.world import load

COUNT = 2_000
_SIZES = """
    SELECT sum(pg_relation_size(oid)) FROM pg_class
    WHERE relname IN ('imports_citizen', 'imports_citizen_pkey', 'citizen_unique_in_import')
"""
_INSERT_AGAIN = """
    INSERT INTO imports_citizen (import_id, citizen_id, town, street, building, apartment, name, birth_date, gender,
        relatives, friends, channel)
    SELECT %s, citizen_id, town, street, building, apartment, name, birth_date, gender, relatives, friends, channel
    FROM imports_citizen WHERE import_id = %s
"""


@pytest.fixture(autouse=True)
def _no_room_is_taken(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE imports_citizen")


def bytes_used() -> int:
    """Of the table of residents and its indexes."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZES)
        return int(cursor.fetchone()[0])


def again(import_id: int) -> int:
    """A delivery with the same residents as another: quicker than a delivery."""
    copy = Import.objects.create(status="complete", completed_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_AGAIN, [copy.pk, import_id])
    return copy.pk


def one_round(first: int, *, ends_with: str) -> None:
    import_id = again(first)
    if ends_with == "deletion":
        delete_delivery(import_id=import_id, actor=None)
        assert purge_deleted_deliveries() == 1
    else:
        erase_delivery(import_id=import_id, actor=None)
        assert scrub_erased_deliveries() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ends_with", ["deletion", "erasure"])
def test_ten_deliveries_that_come_and_go_take_the_room_of_one(ends_with: str) -> None:
    first = load(alike(COUNT))
    sizes = []
    for _ in range(10):
        one_round(first, ends_with=ends_with)
        reclaim_space()
        sizes.append(bytes_used())
    # Empty pages of an index can be used again from the second vacuum on: the third round finds what it needs.
    assert sizes[2] < 1.3 * sizes[0]
    assert max(sizes) < 1.05 * sizes[2]


@pytest.mark.django_db(transaction=True)
def test_without_a_vacuum_the_tables_grow() -> None:
    """The negative control of the test above."""
    first = load(alike(COUNT))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE imports_citizen SET (autovacuum_enabled = false)")
    try:
        one_round(first, ends_with="deletion")
        before = bytes_used()
        for _ in range(4):
            one_round(first, ends_with="deletion")
        assert bytes_used() > 2 * before
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE imports_citizen RESET (autovacuum_enabled)")


@pytest.mark.django_db
def test_postgresql_vacuums_when_a_small_part_of_the_table_has_died() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname IN ('imports_citizen', 'imports_correction')")
        options = [dict(option.split("=") for option in row[0]) for row in cursor.fetchall()]
    assert [found["autovacuum_vacuum_scale_factor"] for found in options] == ["0.02", "0.02"]


def test_only_many_rows_are_worth_a_vacuum(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(service, "enqueue", sent.append)
    for rows in (0, 49_999):
        reclaim_soon(rows)
    assert sent == []
    reclaim_soon(50_000)
    assert sent == ["imports.vacuum"]
