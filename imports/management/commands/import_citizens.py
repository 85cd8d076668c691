"""`manage.py import_citizens FILE…`: deliveries from files, through the services that the API uses."""

import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from config.common.tabular.delimiters import DELIMITERS
from config.common.tabular.encodings import ENCODINGS, named_encoding
from config.common.words import counted
from imports.documents.options import TableOptions
from imports.management.asking import NobodyThere, has_typed
from imports.management.file_jobs import FileJob, Interrupted, Outcome
from imports.management.load_job import STDIN, load_job
from imports.management.parallel import load_in_parallel
from imports.management.progress_bar import Bar
from imports.services.loading.load_document import reserve_ids
from imports.services.naming.resolve_source import DEFAULT_SOURCE, InvalidSource, UnknownSource, expect_source

_USAGE = 2
_JOBS = "how many files at the same time; the last one given is the current one of its source, whichever ends last"


class Command(BaseCommand):
    """Says on standard output what became of each file; the bar and what is wrong with a file go to standard error.

    Ends with 0 when all are loaded, 1 when one was refused, 2 for wrong arguments, 128 and the signal when stopped.
    """

    # They import all that the web server needs, which takes longer than a small file.
    requires_system_checks = ()
    help = (
        "Load deliveries of residents from files: JSON, one resident a line (NDJSON), CSV, or an XLSX workbook; also "
        "compressed with gzip."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help=f"a delivery; {STDIN} is standard input")
        parser.add_argument("--source", default=DEFAULT_SOURCE, help="who supplied them (default: %(default)s)")
        parser.add_argument("--as", dest="username", metavar="USERNAME", help="whose imports they become")
        parser.add_argument("--dry-run", action="store_true", help="check everything, store nothing")
        parser.add_argument("--jobs", type=int, default=1, metavar="N", help=_JOBS)
        parser.add_argument("--empty", action="store_true", help="load a file with nobody in it without asking")
        parser.add_argument("--delimiter", default="", help=f"of CSV: {', '.join(DELIMITERS)}, or the character")
        parser.add_argument("--encoding", default="", help=f"of CSV: {', '.join(ENCODINGS)}")
        parser.add_argument("--sheet", default="", help="of a workbook: the name of the sheet")
        parser.add_argument("--progress", action="store_true", help="the bar also where nobody seems to look")

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[str] = options["files"]
        _check(options)
        file_jobs = _file_jobs(options)
        bar = Bar(files, hidden=not (options["progress"] or sys.stderr.isatty()))
        begun, refused = time.monotonic(), 0
        try:
            with _stoppable() as stop:
                for outcome in self._outcomes(file_jobs, jobs=options["jobs"], bar=bar):
                    stop.check()
                    self._tell(outcome, dry_run=options["dry_run"], seconds=time.monotonic() - begun)
                    refused += bool(outcome.refusal)
        except Interrupted as end:
            raise CommandError("Stopped. Of what was not finished nothing is stored.", returncode=end.args[0]) from end
        finally:
            bar.close()
        if refused:
            raise CommandError(f"{refused} of {counted(len(files), 'file')} refused.", returncode=1)

    def _outcomes(self, file_jobs: Sequence[FileJob], *, jobs: int, bar: Bar) -> Iterator[Outcome]:
        if jobs > 1 and len(file_jobs) > 1:
            yield from load_in_parallel(file_jobs, jobs=jobs, report=bar.report)
            return
        for job in file_jobs:
            outcome = load_job(job, partial(bar.report, job.path))
            if outcome.is_empty and self._agreed(outcome):
                outcome = load_job(replace(job, may_be_empty=True), partial(bar.report, job.path))
            yield outcome

    def _agreed(self, outcome: Outcome) -> bool:
        """Asks where somebody can answer: what is piped to a script is for others."""
        try:
            is_watched = outcome.path != STDIN and sys.stdin is not None and sys.stdin.isatty()
            return is_watched and has_typed("empty", after=f"{outcome.path}: {outcome.refusal} Type empty to go on: ")
        except (NobodyThere, ValueError):  # a closed standard input knows of no terminal
            return False

    def _tell(self, outcome: Outcome, *, dry_run: bool, seconds: float) -> None:
        for line in outcome.errors:
            self.stderr.write(line)
        if outcome.refusal:
            hint = " Say --empty if that is meant." if outcome.is_empty else ""
            self.stdout.write(f"{outcome.path}: refused. {outcome.refusal}{hint}")
            return
        made = "right, nothing stored" if dry_run else f"import {outcome.import_id}"
        self.stdout.write(f"{outcome.path}: {made}, {counted(outcome.residents, 'resident')}, after {seconds:.1f} s")


def _check(options: dict[str, Any]) -> None:
    """Raises `CommandError` for arguments that can only be a mistake."""
    try:
        expect_source(options["source"], actor=None)
    except (InvalidSource, UnknownSource) as refusal:
        raise CommandError(f"--source: {refusal.detail}", returncode=_USAGE) from refusal
    if STDIN in options["files"] and len(options["files"]) > 1:
        raise CommandError(f"{STDIN} has to be the only file.", returncode=_USAGE)
    if options["encoding"] and named_encoding(options["encoding"]) is None:
        raise CommandError(f"--encoding: one of {', '.join(ENCODINGS)}.", returncode=_USAGE)
    if options["delimiter"] and _delimiter(options) not in DELIMITERS.values():
        raise CommandError(f"--delimiter: one of {', '.join(DELIMITERS)}.", returncode=_USAGE)
    if options["jobs"] < 1:
        raise CommandError("--jobs: one at least.", returncode=_USAGE)
    username = options["username"]
    if username is not None and not User.objects.filter(username=username).exists():
        raise CommandError("--as: there is no such user.", returncode=_USAGE)


def _table(options: dict[str, Any]) -> TableOptions:
    encoding = named_encoding(options["encoding"]) if options["encoding"] else None
    return TableOptions(_delimiter(options), encoding or "", options["sheet"])


def _delimiter(options: dict[str, Any]) -> str:
    return DELIMITERS.get(options["delimiter"], options["delimiter"])


def _file_jobs(options: dict[str, Any]) -> list[FileJob]:
    files, dry_run = options["files"], options["dry_run"]
    together = options["jobs"] > 1 and not dry_run
    # The delivery with the highest id is its source's current one: that must not be chance.
    ids = reserve_ids(len(files)) if together else [None] * len(files)
    return [
        FileJob(path, options["source"], options["username"], dry_run, number, options["empty"], _table(options))
        for path, number in zip(files, ids, strict=True)
    ]


class _Stop:
    """Whether somebody asked for the end."""

    def __init__(self) -> None:
        self._number = 0

    def ask(self, number: int, _frame: FrameType | None) -> None:
        """The handler of signals. It raises, so that a pipe that stands still is no reason to wait."""
        self._number = number
        self.check()

    def check(self) -> None:
        """Raises `Interrupted` also where an error of the driver has taken its place."""
        if self._number:
            raise Interrupted(128 + self._number)


@contextmanager
def _stoppable() -> Iterator[_Stop]:
    """Ctrl-C and SIGTERM raise `Interrupted` inside the block."""
    stop = _Stop()
    before = {number: signal.signal(number, stop.ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
