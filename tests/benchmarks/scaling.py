"""Deliveries of any size through HTTP and back, against what PostgreSQL alone takes for the same rows."""

import itertools
import statistics
import subprocess
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from django.db import connection
from django.utils import timezone

from imports.documents.copy import COLUMNS, ROWS_IN_CHUNK, copy_rows
from imports.documents.structs import Resident
from imports.models import Import
from tests.benchmarks.footprint import Footprint, footprint
from tests.benchmarks.imports import JSON_ROWS
from tests.benchmarks.residents import residents
from tests.benchmarks.stage import Stage
from tests.benchmarks.timing import Row, medians_of_pair, milliseconds

NDJSON = "application/x-ndjson"
# What a stream of a million should keep to.
_CITIZENS_A_SECOND = 40_000
_SERVER_MIB = 100
_MILLION = 1_000_000
_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Scale:
    """One size: milliseconds of both sides, bytes of the server's growth and of the database session."""

    citizens: int
    load: float
    copy_in: float
    read_json: float
    read_ndjson: float
    read_gzip: float
    copy_out: float
    load_server: int
    load_backend: int
    read_server: int
    read_backend: int


def measure(stage: Stage, *, citizens: int, rounds: int) -> Generator[Row, None, Scale]:
    """One size, on a table without other rows, a fifth as many pairs of relatives as citizens; large ones only once."""
    rounds = rounds if citizens <= 10_000 else min(rounds, 3) if citizens <= 100_000 else 1
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE imports_correction, imports_citizen, imports_import RESTART IDENTITY CASCADE")
    files, size = Files(stage.folder, citizens), f"{citizens:,} residents"
    load, copy_in, at_load = _load(stage, files, rounds)
    yield Row(f"POST {size} as NDJSON / psql \\copy", load, copy_in, note=at_load.note)
    if citizens >= _MILLION:
        yield Row(f"POST {size} as NDJSON", load, limit=citizens / _CITIZENS_A_SECOND * 1000)
        yield Row(f"POST {size}, growth of the server in MiB", at_load.server / _MIB, limit=_SERVER_MIB)
    import_id = Import.objects.earliest("id").pk
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE imports_citizen")
    url = f"/imports/{import_id}/citizens"
    with footprint(stage) as at_read:
        read_json, copy_out = medians_of_pair(
            lambda: stage.client.drain(url),
            lambda: stage.psql(JSON_ROWS.format(import_id), into=subprocess.DEVNULL),
            rounds=rounds,
        )
    yield Row(f"GET {size} / psql COPY row_to_json", read_json, copy_out, limit=2, note=at_read.note)
    with footprint(stage) as at_ndjson:
        ndjson = min(milliseconds(lambda: stage.client.drain(f"{url}?format=ndjson")) for _ in range(rounds))
    yield Row(f"GET {size} as NDJSON / the same", ndjson, copy_out, limit=2, note=at_ndjson.note)
    with footprint(stage) as at_gzip:
        gzip = min(milliseconds(lambda: stage.client.drain(url, encoding="gzip")) for _ in range(rounds))
    yield Row(f"GET {size}, gzip / the same", gzip, copy_out, note=at_gzip.note)
    files.remove()
    at_read = at_read.largest(at_ndjson).largest(at_gzip)
    memory = (at_load.server, at_load.backend, at_read.server, at_read.backend)
    return Scale(citizens, load, copy_in, read_json, ndjson, gzip, copy_out, *memory)


def _load(stage: Stage, files: "Files", rounds: int) -> tuple[float, float, Footprint]:
    """The medians of both in turn, and what ours takes of memory."""
    found, ours, theirs = Footprint(), list[float](), list[float]()
    copy = f"\\copy imports_citizen ({', '.join(COLUMNS)}) from '{files.copy}'"
    for _ in range(rounds):
        with footprint(stage) as once:
            ours.append(milliseconds(lambda: stage.client.upload("/imports", files.ndjson, NDJSON)))
        found = found.largest(once)
        files.make_copy()
        theirs.append(milliseconds(lambda: stage.psql(copy)))
    return statistics.median(ours), statistics.median(theirs), found


class Files:
    """The same residents as NDJSON and as a file for COPY."""

    def __init__(self, folder: Path, citizens: int) -> None:
        self._citizens = citizens
        self.ndjson, self.copy = folder / "residents.ndjson", folder / "residents.copy"
        with self.ndjson.open("wb") as file:
            file.writelines(msgspec.json.encode(citizen) + b"\n" for citizen in self._residents())

    def make_copy(self) -> None:
        """Writes the rows for COPY, for a new import."""
        delivery = Import.objects.create(status=Import.Status.COMPLETE, completed_at=timezone.now())
        rows = self._residents()
        with self.copy.open("wb") as file:
            while batch := list(itertools.islice(rows, ROWS_IN_CHUNK)):
                file.writelines(copy_rows(batch, delivery.pk))

    def remove(self) -> None:
        """Makes room on the disk."""
        self.ndjson.unlink()
        self.copy.unlink()

    def _residents(self) -> Iterator[Resident]:
        return residents(self._citizens, relations=self._citizens // 5)
