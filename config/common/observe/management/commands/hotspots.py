"""`manage.py hotspots`: where the time goes, by URL and method, from what the profiler recorded."""

import csv
from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from config.common.observe.services.hotspots import Hotspot, hotspots

_LINE = "{:8}{:44.44}" + "{:>10}" * 8
_HEAD = ("calls", "p50 ms", "p95 ms", "queries", "most", "db ms", "slowest", "same")
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
            rows = csv.writer(self.stdout, lineterminator="\n")
            rows.writerow(Hotspot._fields)
            rows.writerows(_rounded(spot) for spot in found)
        elif found:
            self._write_table(found[: options["top"]])
        else:
            self.stdout.write("Nothing is recorded. SILK_SHARE says which share of requests is (0 to 1).")

    def _write_table(self, found: list[Hotspot]) -> None:
        self.stdout.write(_LINE.format("method", "route", *_HEAD))
        for spot in map(_rounded, found):
            figures = (spot.calls, spot.p50_ms, spot.p95_ms, spot.queries, spot.most_queries, spot.db_ms)
            worst = (spot.slowest_query_ms, spot.same_query_in_one_request)
            self.stdout.write(_LINE.format(spot.method, spot.route, *figures, *worst))
        for spot in map(_rounded, found):
            if spot.slowest_query:
                self.stdout.write(f"\n{spot.method} {spot.route}\n  slowest: {spot.slowest_query[:_WIDTH]}")
            if spot.same_query:
                self.stdout.write(
                    f"  {spot.same_query_in_one_request} times in one request: {spot.same_query[:_WIDTH]}"
                )


def _rounded(spot: Hotspot) -> Hotspot:
    return Hotspot._make(round(value, 1) if isinstance(value, float) else value for value in spot)


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 < hours < 24 * 365 * 100:
        raise ArgumentTypeError("between 0 and a hundred years")
    return hours
