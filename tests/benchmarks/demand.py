"""The refresh of demand: what one changed import costs with few and with many imports stored."""

import gc
import itertools
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from django.core.management import call_command
from django.db import connection

from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.refresh_import import refresh_import
from analytics.services.counting.stale import stale_imports
from imports.fields import Patch
from imports.models import Import
from imports.services.loading.load_document import store_residents
from imports.services.residents.correct_resident import correct_resident
from tests.benchmarks.residents import residents
from tests.benchmarks.timing import Row, milliseconds

CITIZENS = 10_000
RELATIONS = 1_000
# What fills the table is smaller, so that the bench does not take an hour; each is a delivery of its own source.
_FILLER = 1_000
# The cost follows what changed: that of most imports within a fifth of that of few.
_FLAT = 1.2


def measure(*, stored: Sequence[int], rounds: int, largest: int) -> Iterator[Row]:
    """A correction and its refresh, a new delivery and its refresh, at each number of imports that are `stored`.

    Each number has a database of its own and they take turns, so that what else goes on on the machine meets all of
    them alike; the medians of the rounds. Then the same once for a delivery of `largest` residents, of whom half are
    related.
    """
    with ExitStack() as stack:
        # Only a database without sessions can be copied, and the web server and others keep theirs to the bench's.
        original = stack.enter_context(_database("filled", template="template0"))
        with _connected(original):
            call_command("migrate", verbosity=0)
            import_id = _deliver("changed", CITIZENS)
        databases = {}
        for number in stored:
            with _connected(original):
                _fill(number)
            databases[number] = stack.enter_context(_database(str(number), template=original))
            with _connected(databases[number]), connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
        # What filling left in this process is no work of a refresh.
        gc.collect()
        gc.freeze()
        yield from _compared("correction", _in_turn(databases, lambda: _corrected(import_id), rounds=rounds))
        yield from _compared("new delivery", _in_turn(databases, _delivered, rounds=max(rounds // 2, 1)))
        with _connected(databases[min(stored)]):
            import_id = _deliver("large", largest, relations=largest // 4)
            yield Row(f"refresh after a new delivery of {largest:,}", milliseconds(_refresh))
            yield Row(f"refresh after a correction of {largest:,}", _corrected(import_id))


def _compared(name: str, found: dict[int, float]) -> Iterator[Row]:
    """The row of the fewest imports, and each of more against it."""
    fewest = min(found)
    for stored, took in found.items():
        ratio = {"theirs": found[fewest], "limit": _FLAT} if stored != fewest else {"limit": 1_000}
        yield Row(f"refresh after a {name} of {CITIZENS:,}, {stored:,} imports stored", took, **ratio)


def _fill(stored: int) -> None:
    """Makes the imports that many, all counted."""
    for number in range(Import.objects.count(), stored):
        _deliver(f"source {number}", _FILLER, seed=number)
    refresh_demand()


@contextmanager
def _database(name: str, *, template: str) -> Iterator[str]:
    """A copy of `template`, which is gone at the end; its full name."""
    name = f"{connection.settings_dict['NAME']}_{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield name
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


@contextmanager
def _connected(database: str) -> Iterator[None]:
    """The same server, another database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def _in_turn(databases: dict[int, str], work: Callable[[], float], *, rounds: int) -> dict[int, float]:
    """The median of each; the first time after connecting does not count."""
    found: dict[int, list[float]] = {stored: [] for stored in databases}
    for _ in range(rounds):
        for stored, database in databases.items():
            with _connected(database):
                work()
                found[stored].append(work())
    return {stored: statistics.median(times) for stored, times in found.items()}


def _deliver(source: str, count: int, *, relations: int = RELATIONS, seed: int = 1) -> int:
    rows = list(residents(count, relations=min(relations, count // 4), seed=seed))
    return store_residents(rows, source=source, actor=None).pk


def _corrected(import_id: int) -> float:
    """Milliseconds to find and count an import of which one resident moved."""
    patch = Patch(town=f"Town {next(_numbers)}")
    correct_resident(import_id=import_id, citizen_id=next(_numbers) % CITIZENS, patch=patch, actor=None)
    return milliseconds(_refresh)


def _delivered() -> float:
    """Milliseconds to find and count a delivery that takes the place of its source's last one."""
    import_id = _deliver("delivered", CITIZENS, seed=next(_numbers))
    took = milliseconds(_refresh)
    Import.objects.filter(pk__lt=import_id, source="delivered").update(deleted_at="2020-01-01T00:00:00Z")
    refresh_demand()
    return took


def _refresh() -> None:
    for one in stale_imports():
        refresh_import(import_id=one.import_id)


_numbers = itertools.count()
