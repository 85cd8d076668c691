"""Deliveries as CSV against NDJSON, and as workbooks against CSV, in turn: what reading and writing tables costs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import msgspec
from django.db import connection

from config.common.http.tables import CSV, XLSX
from config.common.tabular.workbook import MAX_ROWS
from imports.models import Import
from tests.benchmarks.footprint import Footprint, footprint
from tests.benchmarks.residents import residents
from tests.benchmarks.stage import Stage
from tests.benchmarks.timing import Row, milliseconds

NDJSON = "application/x-ndjson"
_CITIZENS_A_SECOND = 40_000
_MILLION = 1_000_000
# What ends a file, and is asked for.
_FORMATS = {NDJSON: "ndjson", CSV: "csv", XLSX: "xlsx"}
# Beyond these a table is read or written too slowly: as many times what NDJSON takes.
_LIMITS = {"POST": 1.7, "GET": 2.0}

Work = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds at the median, and the most of memory and processor time."""

    milliseconds: float
    taken: Footprint


def measure(stage: Stage, *, citizens: int, rounds: int) -> Iterator[Row]:
    """So many residents as CSV, and no more than a workbook holds as XLSX; `rounds` of each pair."""
    for row in _pair(stage, CSV, NDJSON, citizens=citizens, rounds=rounds, limits=_LIMITS):
        yield row
        if row.name.startswith("POST") and citizens >= _MILLION:
            yield Row(f"POST {citizens:,} residents as CSV", row.ours, limit=citizens / _CITIZENS_A_SECOND * 1000)
    yield from _pair(stage, XLSX, CSV, citizens=min(citizens, MAX_ROWS), rounds=rounds, limits={})


def _pair(
    stage: Stage, kind: str, other: str, *, citizens: int, rounds: int, limits: dict[str, float]
) -> Iterator[Row]:
    """Sending and reading as `kind` against `other`, of the same residents."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE imports_correction, imports_citizen, imports_import RESTART IDENTITY CASCADE")
    files = _files(stage, citizens, kind, other)
    works: dict[str, list[Work]] = {
        "POST": [partial(stage.client.upload, "/imports", file, one) for one, file in files.items()],
        "GET": [partial(stage.client.drain, _url(one)) for one in files],
    }
    for method, both in works.items():
        ours, theirs = _in_turn(stage, both, rounds)
        yield Row(
            f"{method} {citizens:,} residents as {_FORMATS[kind].upper()} / as {_FORMATS[other].upper()}",
            ours.milliseconds,
            theirs.milliseconds,
            limit=limits.get(method),
            note=f"{citizens / ours.milliseconds * 1000:,.0f} a second, processor of the server "
            f"{ours.taken.processor:.1f} s / {theirs.taken.processor:.1f} s, {ours.taken.note}",
        )
    for file in files.values():
        file.unlink()


def _in_turn(stage: Stage, works: list[Work], rounds: int) -> list[Measured]:
    turns = [[_once(stage, work) for work in works] for _ in range(rounds)]
    return [_of_all(list(of_one)) for of_one in zip(*turns, strict=True)]


def _once(stage: Stage, work: Work) -> Measured:
    with footprint(stage) as taken:
        spent = milliseconds(work)
    return Measured(spent, taken)


def _of_all(several: list[Measured]) -> Measured:
    most = Footprint()
    for one in several:
        most = most.largest(one.taken)
    return Measured(median(one.milliseconds for one in several), most)


def _files(stage: Stage, citizens: int, *kinds: str) -> dict[str, Path]:
    """The same delivery as each of them, as it is given out; it is stored once."""
    files = {kind: stage.folder / f"residents.{_FORMATS[kind]}" for kind in kinds}
    first = stage.folder / "first.ndjson"
    with first.open("wb") as file:
        file.writelines(msgspec.json.encode(one) + b"\n" for one in residents(citizens, relations=citizens // 5))
    stage.client.upload("/imports", first, NDJSON)
    first.unlink()
    for kind, path in files.items():
        stage.client.save(_url(kind), path)
    return files


def _url(kind: str) -> str:
    return f"/imports/{Import.objects.earliest('id').pk}/citizens?format={_FORMATS[kind]}"
