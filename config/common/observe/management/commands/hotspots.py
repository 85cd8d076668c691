"""`manage.py hotspots`: where the time goes, by URL and method, from what the profiler recorded."""

import csv
from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from config.common.observe.services.hotspots import Hotspot, Shape, hotspots

_HEAD = ("method", "route", "calls", "p50 ms", "p95 ms", "queries", "most", "db ms", "slowest query ms", "same query")
_COLUMNS = (
    *("method", "route", "view", "calls", "p50_ms", "p95_ms", "total_ms", "queries", "most_queries", "db_ms"),
    *("slowest_query_ms", "slowest_query", "same_query_in_one_request", "same_query"),
)
_WIDTH = 200


class Command(BaseCommand):
    """Prints; changes nothing. Nothing recorded is no error."""

    help = "Show where the time goes: calls, durations, queries, slow queries and the same query asked in a loop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=("table", "csv"), default="table")
        parser.add_argument("--hours", type=_hours, help="Only what was recorded in the last so many hours.")
        parser.add_argument("--top", type=int, default=30, help="How many rows the table has at most.")

    def handle(self, *args: Any, **options: Any) -> None:
        hours = options["hours"]
        found = hotspots(since=None if hours is None else timezone.now() - timedelta(hours=hours))
        if options["format"] == "csv":
            self._write_csv(found)
        elif found:
            self._write_table(found[: options["top"]])
        else:
            self.stdout.write("Nothing is recorded. SILK_SHARE says which share of requests is (0 to 1).")

    def _write_csv(self, found: list[Hotspot]) -> None:
        rows = csv.writer(self.stdout, lineterminator="\n")
        rows.writerow(_COLUMNS)
        for spot in found:
            slow, same = _first(spot.slowest), _first(spot.repeated)
            rows.writerow(
                [spot.method, spot.route, spot.view, spot.calls]
                + [round(ms, 1) for ms in (spot.p50_ms, spot.p95_ms, spot.total_ms, spot.queries)]
                + [
                    spot.most_queries,
                    round(spot.db_ms, 1),
                    round(slow.mean_ms, 1),
                    slow.sql,
                    same.most_in_one,
                    same.sql,
                ]
            )

    def _write_table(self, found: list[Hotspot]) -> None:
        lines = [_HEAD, *(_cells(spot) for spot in found)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
        for line in lines:
            cells = [
                f"{cell:<{width}}" if n < 2 else f"{cell:>{width}}"
                for n, (cell, width) in enumerate(zip(line, widths, strict=True))
            ]
            self.stdout.write("  ".join(cells).rstrip())
        self._write_shapes("The slowest queries", found, "slowest")
        self._write_shapes("The same query again and again within one request", found, "repeated")

    def _write_shapes(self, title: str, found: list[Hotspot], kind: str) -> None:
        shapes = [(spot, shape) for spot in found for shape in getattr(spot, kind)]
        figure = "mean_ms" if kind == "slowest" else "most_in_one"
        shapes.sort(key=lambda pair: getattr(pair[1], figure), reverse=True)
        self.stdout.write(f"\n{title}: {'none' if not shapes else ''}".rstrip())
        for spot, shape in shapes[:10]:
            said = f"{shape.mean_ms:.1f} ms" if kind == "slowest" else f"{shape.most_in_one} times"
            self.stdout.write(f"  {said:>10}  {spot.method} {spot.route}: {shape.sql[:_WIDTH]}")


def _cells(spot: Hotspot) -> tuple[str, ...]:
    times = [f"{ms:.1f}" for ms in (spot.p50_ms, spot.p95_ms, spot.queries)]
    same = _first(spot.repeated).most_in_one
    return (
        *(spot.method, spot.route, str(spot.calls), *times, str(spot.most_queries), f"{spot.db_ms:.1f}"),
        *(f"{_first(spot.slowest).mean_ms:.1f}", f"{same} times" if same else ""),
    )


def _first(shapes: tuple[Shape, ...]) -> Shape:
    return shapes[0] if shapes else Shape("", 0, 0.0, 0.0, 0)


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 < hours < 24 * 365 * 100:
        raise ArgumentTypeError("between 0 and a hundred years")
    return hours
