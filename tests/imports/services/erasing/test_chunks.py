"""The rows of a delivery in chunks: by the index, wherever they lie in the table, and nothing else's."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from imports.models import Citizen, Correction, RawChunk
from imports.services.erasing import _chunks
from imports.services.erasing._chunks import (
    Rows,
    corrections_to_remove,
    corrections_to_scrub,
    raw_body_to_remove,
    residents_to_remove,
)
from tests.factories import alike
from tests.imports.world import load, received

pytestmark = pytest.mark.django_db

KINDS = [residents_to_remove, corrections_to_remove, corrections_to_scrub, raw_body_to_remove]


def plan(rows: Rows) -> str:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_chunks._BY_INDEX)
        cursor.execute(f"EXPLAIN {rows.sql}", [rows.import_id, 5, rows.size])
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_counted", [False, True])
def test_every_chunk_begins_in_the_index_where_the_last_one_ended(
    kind: Callable[[int], Rows], is_counted: bool
) -> None:
    import_id = load(alike(1_000))
    if is_counted:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE imports_citizen")
    found = plan(kind(import_id))
    (condition,) = [line for line in found.splitlines() if "Index Cond" in line]
    assert f"(import_id = {import_id}) AND (" in condition
    assert ">= 5)" in condition
    assert "Seq Scan" not in found
    assert "Sort" not in found


def test_without_the_settings_a_chunk_may_read_the_whole_table() -> None:
    """The negative control of the test above."""
    import_id = load(alike(1_000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE imports_citizen")
        cursor.execute("EXPLAIN SELECT ctid FROM imports_citizen WHERE import_id = %s LIMIT 500", [import_id])
        assert "Seq Scan" in str(cursor.fetchall())


def test_many_corrections_of_one_citizen_do_not_end_a_chunk_too_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_chunks, "CHUNK_ROWS", 2)
    import_id, other = load(alike(2)), load(alike(2))
    for delivery in (import_id, other):
        Correction.objects.bulk_create(
            Correction(delivery_id=delivery, citizen_id=number, changes={"name": {"from": "A", "to": "B"}})
            for number in (1, 1, 1, 1, 1, 2)
        )
    scrub = corrections_to_scrub(import_id)
    assert [scrub.next() for _ in range(4)] == [2, 2, 2, 0]
    scrubbed = {"name": {"from": None, "to": None}}
    assert [row.changes for row in Correction.objects.filter(delivery_id=import_id)] == [scrubbed] * 6
    assert corrections_to_scrub(import_id).next() == 0
    removal = corrections_to_remove(import_id)
    assert [removal.next() for _ in range(4)] == [2, 2, 2, 0]
    kept = Correction.objects.get_queryset()
    assert [row.changes["name"]["from"] for row in kept] == ["A"] * 6


def test_rows_of_other_imports_stay() -> None:
    gone, stays = load(alike(3)), load(alike(4))
    body = received(b"x" * 5_000)
    assert [residents_to_remove(gone).next(), raw_body_to_remove(body).next()] == [3, 5]
    assert list(Citizen.objects.values_list("delivery_id", flat=True)) == [stays] * 4
    assert RawChunk.objects.count() == 0


def test_a_correction_without_fields_is_scrubbed() -> None:
    import_id = load(alike(1))
    Correction.objects.create(delivery_id=import_id, citizen_id=1, changes={})
    assert corrections_to_scrub(import_id).next() == 0
