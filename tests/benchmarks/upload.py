"""A file of 30,000 airports: the upload against `psql \\copy` of the same rows into the same table."""

import csv
import io
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection

from airports.fields import NAMES
from airports.package import package_csv
from tests.benchmarks.stage import Stage
from tests.benchmarks.timing import Row, median_of, medians_of_pair, milliseconds

ROWS = 30_000
_COLUMNS = ", ".join(NAMES)


def measure(stage: Stage, *, rounds: int) -> Iterator[Row]:
    """New airports into an empty table, and the same file again."""
    content = _file()
    ready = stage.folder / "airports.csv"

    def upload() -> None:
        stage.client.expect(201, "POST", "/upload", content, "text/csv")

    def copy() -> None:
        stage.psql(f"\\copy airports_airport ({_COLUMNS}) from '{ready}' with (format csv)")

    _empty()
    upload()
    _write_stored(ready)
    before = stage.memory()
    mine, raw = _into_empty_table(upload, copy, rounds=rounds)
    grown = (stage.memory() - before) / 2**20
    size = f"{ROWS:,} airports ({len(content) / 1e6:.1f} MB)"
    yield Row(f"POST /upload {size} / psql \\copy", mine, raw, limit=8, note=f"server +{grown:.0f} MiB")
    yield Row(f"POST /upload {size}, all new", mine, limit=2_000)
    _empty()
    yield Row(f"POST /upload {size}, all unchanged", median_of(upload, rounds=rounds), limit=2_000)
    yield _search(stage, rounds * 5)


def _search(stage: Stage, rounds: int) -> Row:
    def scan() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM airports_airport WHERE strpos(search, 'bogota') > 0")

    mine, raw = medians_of_pair(lambda: stage.client.expect(200, "GET", "/airports?q=Bogot%C3%A1"), scan, rounds=rounds)
    return Row(f"GET /airports?q= among {ROWS:,} / one look at each", mine, raw, limit=4)


def _file() -> bytes:
    """The package's airports, and as many invented ones as are missing."""
    package = package_csv().read()
    text = io.StringIO(newline="")
    missing = ROWS - (package.count(b"\n") - 1)
    csv.writer(text).writerows(_invented(number) for number in range(missing))
    return package + text.getvalue().encode()


def _invented(number: int) -> list[object]:
    name, city = f"Invented Airport {number}", f"Invented City {number}"
    codes = [None, None]
    return [name, city, "Spain", *codes, number / 100, number / 50, number, 1, "E", "Europe/Madrid", "airport", "bench"]


def _write_stored(path: Path) -> None:
    """The airports that are stored as a file for COPY."""
    with connection.cursor() as cursor, path.open("w") as file:
        cursor.copy_expert(f"COPY airports_airport ({_COLUMNS}) TO STDOUT WITH (FORMAT csv)", file)


def _into_empty_table(ours: Callable[[], None], theirs: Callable[[], None], *, rounds: int) -> tuple[float, float]:
    """The medians of both, in turn; emptying the table is not counted."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for work, found in zip((ours, theirs), times, strict=True):
            _empty()
            found.append(milliseconds(work))
    return statistics.median(times[0]), statistics.median(times[1])


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE airports_airport, airports_historicalairport RESTART IDENTITY")
