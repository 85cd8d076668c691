"""Takes a delivery in from a file: a document, lines or a table, compressed or not, as its first bytes say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from django.contrib.auth.models import User
from django.db import transaction

from imports.documents.formats import HEAD_BYTES, kind_of
from imports.documents.options import TableOptions
from imports.models import Import
from imports.services.loading.load_delivery import load_delivery
from imports.services.loading.load_empty import EmptyDelivery
from imports.services.loading.unpack_body import unpack_body
from imports.services.naming.resolve_source import DEFAULT_SOURCE

# Told how many bytes of the file were read and how many residents were taken in.
OnProgress = Callable[[int, int], None]

_READ_BYTES = 1024 * 1024


class ByteStream(Protocol):
    """A file that is open for reading, a pipe for instance."""

    def read1(self, size: int, /) -> bytes:
        """What is there, up to `size` bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """The delivery that was made, none by a dry run, and the number of residents."""

    import_id: int | None
    residents: int


@transaction.atomic
def load_file(
    *,
    file: ByteStream,
    name: str,
    source: str = DEFAULT_SOURCE,
    actor: User | None,
    import_id: int | None = None,
    dry_run: bool = False,
    may_be_empty: bool = False,
    options: TableOptions | None = None,
    on_progress: OnProgress | None = None,
) -> LoadedFile:
    """Stores a delivery, all or nothing, as `import_id` where one was reserved; with `dry_run` everything is checked
    and nothing stored.

    `name` decides where the contents could be anything. Raises `EmptyDelivery` unless it `may_be_empty`, else as
    `unpack_body` and `load_delivery`, what reading the file and what `on_progress` raises; nothing is stored then.
    """
    reading = _Reading(file, on_progress, options)
    loaded = reading.load(name=name, source=source, actor=actor, import_id=import_id)
    if not loaded.citizen_count and not may_be_empty and not dry_run:
        raise EmptyDelivery(source)
    if dry_run:
        transaction.set_rollback(True)
    return LoadedFile(None if dry_run else loaded.pk, loaded.citizen_count)


class _Reading:
    def __init__(self, file: ByteStream, on_progress: OnProgress | None, options: TableOptions | None) -> None:
        self._file = file
        self._options = options
        self._on_progress = on_progress
        self._bytes = self._residents = 0

    def load(self, *, name: str, source: str, actor: User | None, import_id: int | None) -> Import:
        head, sent = peek(self._chunks())
        format, encoding = kind_of(head, name=name)
        chunks = unpack_body(sent, format=format, encoding=encoding)
        return load_delivery(
            chunks=chunks,
            format=format,
            source=source,
            actor=actor,
            import_id=import_id,
            options=self._options,
            on_progress=self._count,
        )

    def _chunks(self) -> Iterator[bytes]:
        while chunk := self._file.read1(_READ_BYTES):
            self._bytes += len(chunk)
            self._tell()
            yield chunk

    def _count(self, residents: int) -> None:
        self._residents = residents
        self._tell()

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self._bytes, self._residents)


def peek(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The beginning, as much as `kind_of` wants to see, and all chunks."""
    taken, length = list[bytes](), 0
    while length < HEAD_BYTES and (chunk := next(chunks, b"")):
        taken.append(chunk)
        length += len(chunk)
    return b"".join(taken)[:HEAD_BYTES], chain(taken, chunks)
