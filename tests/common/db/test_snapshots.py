"""Reading several things of one moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext

import pytest
from django.db import InternalError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from config.common.db.snapshots import once_in_snapshot, snapshot
from imports.models import Import

pytestmark = pytest.mark.django_db(transaction=True)


def add_elsewhere() -> None:
    """An import by another connection, committed."""

    def add() -> None:
        Import.objects.create(source="elsewhere")
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(add).result()


def seen(reading: AbstractContextManager[None]) -> Iterator[int]:
    """How many imports there are before and after somebody adds one."""
    with reading:
        yield Import.objects.count()
        add_elsewhere()
        yield Import.objects.count()


def test_what_others_commit_meanwhile_is_not_seen() -> None:
    assert list(seen(snapshot())) == [0, 0]
    assert Import.objects.count() == 1


def test_without_it_two_reads_differ() -> None:
    assert list(seen(nullcontext())) == [0, 1]
    assert list(seen(transaction.atomic())) == [1, 2]


def test_it_leaves_a_transaction_that_has_begun_as_it_is() -> None:
    with transaction.atomic():
        assert list(seen(snapshot())) == [0, 1]


def test_nothing_is_written_in_it() -> None:
    with pytest.raises(InternalError, match="read-only"), snapshot():
        Import.objects.create(source="here")


@once_in_snapshot
def imports_of(source: str) -> int:
    """How many there are."""
    return Import.objects.filter(source=source).count()


def test_what_is_read_once_in_a_snapshot_is_read_anew_in_the_next(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with snapshot(), django_assert_num_queries(2):
        with snapshot():
            assert (imports_of("elsewhere"), imports_of("here")) == (0, 0)
        assert imports_of("elsewhere") == 0
    add_elsewhere()
    with snapshot():
        assert imports_of("elsewhere") == 1


def test_what_is_read_once_in_a_snapshot_is_read_anew_outside_of_one() -> None:
    assert imports_of("elsewhere") == 0
    add_elsewhere()
    assert imports_of("elsewhere") == 1


def test_an_error_ends_what_a_snapshot_remembers() -> None:
    with pytest.raises(ZeroDivisionError), snapshot():
        assert imports_of("elsewhere") // imports_of("elsewhere")
    add_elsewhere()
    assert imports_of("elsewhere") == 1
