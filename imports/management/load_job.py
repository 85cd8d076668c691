"""Loads one file through the service, and says what became of it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from django.contrib.auth.models import User
from django.db import Error

from config.common.db.errors import as_problem
from config.common.problems import FieldError, Problem
from imports.management.file_jobs import FileJob, Outcome, Report
from imports.services.loading.load_empty import EmptyDelivery
from imports.services.loading.load_file import ByteStream, load_file

STDIN = "-"


def load_job(job: FileJob, report: Report) -> Outcome:
    """Loads `job`. What `report` raises is raised here, unless the database was in the way."""
    try:
        actor = User.objects.get(username=job.username) if job.username is not None else None
        with _opened(job.path) as file:
            loaded = load_file(
                file=file,
                name=job.path,
                source=job.source,
                actor=actor,
                import_id=job.import_id,
                dry_run=job.dry_run,
                may_be_empty=job.may_be_empty,
                options=job.options,
                on_progress=report,
            )
    except Problem as refusal:
        return _refused(job, refusal)
    except Error as error:
        # Its message may quote data.
        known = as_problem(error)
        return Outcome(
            job.path, refusal=known.detail if known else f"The database refused it ({type(error).__name__})."
        )
    except OSError as error:
        return Outcome(job.path, refusal=f"It cannot be read: {error.strerror or error}.")
    return Outcome(job.path, loaded.import_id, loaded.residents)


@contextmanager
def _opened(path: str) -> Iterator[ByteStream]:
    if path == STDIN:
        # The type knows nothing of `read1`, which every buffer has.
        yield cast("ByteStream", sys.stdin.buffer)
        return
    with Path(path).open("rb") as file:
        yield file


def _refused(job: FileJob, refusal: Problem) -> Outcome:
    lines = [_line(job.path, error) for error in refusal.errors]
    if refusal.more_errors:
        lines.append(f"{job.path}: … and {refusal.more_errors:,} more")
    is_empty = isinstance(refusal, EmptyDelivery)
    return Outcome(job.path, refusal=refusal.detail, errors=tuple(lines), is_empty=is_empty)


def _line(path: str, error: FieldError) -> str:
    """`people.ndjson:17: town: …`, as compilers write it; a document has no lines, but pointers."""
    unit, _, number = error.pointer.partition(" ")
    if unit in {"line", "row"}:
        return f"{path}:{number}: {error.detail}"
    return ": ".join(part for part in (path, error.pointer, error.detail) if part)
