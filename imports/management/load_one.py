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
from imports.management.works import Outcome, Report, Work
from imports.services.load_file import ByteStream, load_file

STDIN = "-"


def load_one(work: Work, report: Report) -> Outcome:
    """Loads `work`. What `report` raises is raised here, unless the database was in the way."""
    try:
        actor = User.objects.get(username=work.username) if work.username is not None else None
        with _opened(work.path) as file:
            loaded = load_file(
                file=file,
                name=work.path,
                source=work.source,
                actor=actor,
                import_id=work.import_id,
                dry_run=work.dry_run,
                on_progress=report,
            )
    except Problem as refusal:
        return _refused(work, refusal)
    except Error as error:
        # Its message may quote data.
        known = as_problem(error)
        return Outcome(
            work.path, refusal=known.detail if known else f"The database refused it ({type(error).__name__})."
        )
    except OSError as error:
        return Outcome(work.path, refusal=f"It cannot be read: {error.strerror or error}.")
    return Outcome(work.path, loaded.import_id, loaded.residents)


@contextmanager
def _opened(path: str) -> Iterator[ByteStream]:
    if path == STDIN:
        # The type knows nothing of `read1`, which every buffer has.
        yield cast("ByteStream", sys.stdin.buffer)
        return
    with Path(path).open("rb") as file:
        yield file


def _refused(work: Work, refusal: Problem) -> Outcome:
    lines = [_line(work.path, error) for error in refusal.errors]
    if refusal.more_errors:
        lines.append(f"{work.path}: … and {refusal.more_errors:,} more")
    return Outcome(work.path, refusal=refusal.detail, errors=tuple(lines))


def _line(path: str, error: FieldError) -> str:
    """`people.ndjson:17: town: …`, as compilers write it; a document has no lines, but pointers."""
    if error.pointer.startswith("line "):
        return f"{path}:{error.pointer.removeprefix('line ')}: {error.detail}"
    return ": ".join(part for part in (path, error.pointer, error.detail) if part)
