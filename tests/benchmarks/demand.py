"""The refresh of demand: what one changed import costs with few and with many imports stored."""

import gc
import itertools
import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from django.db import connection

from analytics.services.refresh_demand import refresh_demand
from analytics.services.refresh_import import refresh_import
from analytics.services.stale import stale_imports
from imports.documents.structs import CitizenPatch
from imports.models import Import
from imports.services.correct_citizen import correct_citizen
from imports.services.load_import import store_citizens
from tests.benchmarks.residents import residents
from tests.benchmarks.timing import Row, milliseconds

CITIZENS = 10_000
RELATIONS = 1_000
# What fills the table is smaller, so that the bench does not take an hour; each is a delivery of its own source.
_FILLER = 1_000
_STORED = (10, 100, 1_000)
# The cost follows what changed: that of most imports within a fifth of that of few.
_FLAT = 1.2
# A refresh takes a tenth of a second, so many are cheap to have.
_ROUNDS = 30
_TABLES = "analytics_importdemand, analytics_segment, analytics_currentsegment, analytics_publishedsegment"


def measure(*, rounds: int) -> Iterator[Row]:
    """A correction and its refresh, a new delivery and its refresh, at each number of imports.

    Each number has a database of its own and they take turns, so that what else goes on on the machine meets all of
    them alike; the medians of the rounds.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {_TABLES}, imports_correction, imports_citizen, imports_import CASCADE")
    import_id = _deliver("changed", CITIZENS)
    with ExitStack() as stack:
        databases = {stored: stack.enter_context(_filled(stored)) for stored in _STORED}
        # What filling left in this process is no work of a refresh.
        gc.collect()
        gc.freeze()
        corrected = _in_turn(databases, lambda: _corrected(import_id), rounds=max(_ROUNDS, rounds))
        delivered = _in_turn(databases, _delivered, rounds=max(_ROUNDS // 2, rounds // 2))
    for name, found in (("correction", corrected), ("new delivery", delivered)):
        for stored in _STORED:
            ratio = {"theirs": found[_STORED[0]], "limit": _FLAT} if stored != _STORED[0] else {"limit": 1_000}
            yield Row(f"refresh after a {name} of {CITIZENS:,}, {stored:,} imports stored", found[stored], **ratio)


@contextmanager
def _filled(stored: int) -> Iterator[str]:
    """A copy of the database with that many imports, all counted; its name."""
    for number in range(Import.objects.count(), stored):
        _deliver(f"source {number}", _FILLER, seed=number)
    refresh_demand()
    original = connection.settings_dict["NAME"]
    copy = f"{original}_{stored}"
    with _connected("postgres"), connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {copy}")
        cursor.execute(f"CREATE DATABASE {copy} TEMPLATE {original}")
    with _connected(copy), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    yield copy
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {copy}")


@contextmanager
def _connected(database: str) -> Iterator[None]:
    """The same server, another database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    yield
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


def _deliver(source: str, count: int, *, seed: int = 1) -> int:
    rows = list(residents(count, relations=min(RELATIONS, count // 4), seed=seed))
    return store_citizens(rows, source=source, actor=None).pk


def _corrected(import_id: int) -> float:
    """Milliseconds to find and count an import of which one resident moved."""
    patch = CitizenPatch(town=f"Town {next(_numbers)}")
    correct_citizen(import_id=import_id, citizen_id=next(_numbers) % CITIZENS, patch=patch, actor=None)
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
