"""One file to load, and what became of it: what passes between processes. Nothing here knows Django."""

from collections.abc import Callable
from dataclasses import dataclass

from imports.documents.options import TableOptions

# Told how many bytes were read and how many residents were taken in.
Report = Callable[[int, int], None]


class Interrupted(Exception):
    """Somebody asked for the end. Not a BaseException: in the middle of a COPY the driver would make an error of it."""


@dataclass(frozen=True, slots=True)
class FileJob:
    """A file to load; `path` `-` is standard input. None as its id: whichever comes next."""

    path: str
    source: str
    username: str | None
    dry_run: bool
    import_id: int | None = None
    may_be_empty: bool = False
    options: TableOptions | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: loaded, or refused with a `refusal` and its errors as lines to print, or only because it
    `is_empty`."""

    path: str
    import_id: int | None = None
    residents: int = 0
    refusal: str = ""
    errors: tuple[str, ...] = ()
    is_empty: bool = False
