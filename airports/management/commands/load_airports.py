"""`manage.py load_airports FILE` or `--package`: airports from a CSV file, through the service that the API uses."""

import errno
import io
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from airports.csv.lines import ByteStream
from airports.models import Airport
from airports.package import package_csv
from airports.services.upload_airports import UploadResult, upload_airports
from config.common.problems import NoSpace, Problem
from config.common.words import counted

STDIN = "-"
_BAR = 30


class ProgressBar:
    """A file that draws on `screen` how much of it was read."""

    def __init__(self, file: ByteStream, *, size: int, screen: IO[str]) -> None:
        self._file = file
        self._size = size
        self._screen = screen
        self._read = 0

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        chunk = self._file.read(size)
        self._read += len(chunk)
        return chunk

    def show(self, rows: int) -> None:
        """Draws the bar anew. Of a pipe nobody knows the size, so only the rows are told."""
        share = min(1.0, self._read / self._size) if self._size else 0.0
        bar = f"[{'#' * round(share * _BAR):<{_BAR}}] {share:4.0%} " if self._size else ""
        self._screen.write(f"\r{bar}{counted(rows, 'row')}")
        self._screen.flush()


class Command(BaseCommand):
    """Prints the counts on standard output; the bar and what was rejected go to standard error."""

    help = "Create and update airports from a CSV file in the OpenFlights layout."

    def add_arguments(self, parser: ArgumentParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("file", nargs="?", help=f"the file; {STDIN} is standard input")
        source.add_argument("--package", action="store_true", help="the airports of the package airportsdata")
        parser.add_argument(
            "--on-error", choices=["fail", "skip"], default="fail", help="skip: store the good rows (default: fail)"
        )
        parser.add_argument("--dry-run", action="store_true", help="count, but store nothing")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is any airport")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Airport.objects.exists():
            return
        try:
            with _opened(options["file"]) as (file, size):
                result = self._upload(file, size, options)
        except Problem as refusal:
            self._tell([f"{error.pointer}: {error.detail}" for error in refusal.errors], refusal.more_errors)
            code = errno.ENOSPC if isinstance(refusal, NoSpace) else 1
            raise CommandError(refusal.detail, returncode=code) from refusal
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror or error}") from error
        self._tell(
            [f"line {r.line}: {r.column + ': ' if r.column else ''}{r.detail}" for r in result.rejected],
            result.more_rejected,
        )
        self.stdout.write(_sentence(result, dry_run=options["dry_run"]))

    def _upload(self, file: ByteStream, size: int, options: dict[str, Any]) -> UploadResult:
        how: dict[str, Any] = {"actor": None, "on_error": options["on_error"], "dry_run": options["dry_run"]}
        if not self.stderr.isatty():
            return upload_airports(stream=file, **how)
        bar = ProgressBar(file, size=size, screen=sys.stderr)
        try:
            return upload_airports(stream=bar, progress=bar.show, **how)
        finally:
            sys.stderr.write("\n")

    def _tell(self, lines: list[str], more: int) -> None:
        for line in [*lines, *([f"… and {more:,} more"] if more else [])]:
            self.stderr.write(line)


@contextmanager
def _opened(path: str | None) -> Iterator[tuple[ByteStream, int]]:
    """The file at `path`, or the package's, and its size in bytes; 0 where it is unknown."""
    if path is None:
        package = package_csv()
        yield package, package.seek(0, io.SEEK_END) + package.seek(0)
    elif path == STDIN:
        yield sys.stdin.buffer, 0
    else:
        with Path(path).open("rb") as file:
            yield file, os.fstat(file.fileno()).st_size


def _sentence(result: UploadResult, *, dry_run: bool) -> str:
    counts = ", ".join(
        f"{getattr(result, name):,} {name.replace('_', ' ')}"
        for name in ("created", "updated", "unchanged", "displaced", "skipped_deleted")
    )
    rejected = len(result.rejected) + result.more_rejected
    rows, values = counted(result.rows, "row"), counted(rejected, "value")
    return f"{'Would be: ' if dry_run else 'Airports: '}{rows}, {counts}, {values} rejected."
