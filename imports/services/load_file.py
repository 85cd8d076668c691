"""Takes a delivery in from a file: a document or lines, compressed or not, as its first bytes say."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import msgspec
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from config.common.http.encodings import GZIP, limited, unpacked
from config.common.problems import FieldError, InvalidInput
from imports.documents.stream import BLANKS
from imports.models import Import
from imports.services.load_import import DEFAULT_SOURCE, load_import
from imports.services.load_stream import load_stream

# Told how many bytes of the file were read and how many residents were taken in.
OnProgress = Callable[[int, int], None]

_READ_BYTES = 1024 * 1024
_HEAD_BYTES = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_DOCUMENT = re.compile(rb'[ \t\r\n]*\{[ \t\r\n]*"citizens"[ \t\r\n]*:')


class ByteStream(Protocol):
    """A file that is open for reading, a pipe for instance."""

    def read1(self, size: int, /) -> bytes:
        """What is there, up to `size` bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """The import that was made, none by a dry run, and the number of residents."""

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
    on_progress: OnProgress | None = None,
) -> LoadedFile:
    """Stores a delivery, all or nothing, as `import_id` where one was reserved; with `dry_run` everything is checked
    and nothing stored.

    `name` decides where the contents could be both. Raises as `load_import` and `load_stream`, `InvalidInput` for an
    empty file, what reading the file and what `on_progress` raises; nothing is stored then.
    """
    reading = _Reading(file, on_progress)
    loaded = reading.load(name=name, source=source, actor=actor, import_id=import_id)
    if dry_run:
        transaction.set_rollback(True)
    return LoadedFile(None if dry_run else loaded.pk, loaded.citizen_count)


class _Reading:
    def __init__(self, file: ByteStream, on_progress: OnProgress | None) -> None:
        self._file = file
        self._on_progress = on_progress
        self._bytes = self._residents = 0

    def load(self, *, name: str, source: str, actor: User | None, import_id: int | None) -> Import:
        head, sent = _peek(self._chunks(), len(_GZIP_MAGIC))
        encoding = GZIP if head.startswith(_GZIP_MAGIC) else ""
        limits = {"max_bytes": settings.STREAM_MAX_BYTES, "max_ratio": settings.STREAM_MAX_RATIO}
        head, chunks = _peek(unpacked(sent, encoding=encoding, **limits), _HEAD_BYTES)
        if not head:
            raise InvalidInput("The file is empty.", errors=[FieldError("", "required", "The file is empty.")])
        if _is_document(head, name):
            body = b"".join(limited(chunks, max_bytes=settings.IMPORT_MAX_BYTES))
            return load_import(body=body, source=source, actor=actor, import_id=import_id)
        return load_stream(chunks=chunks, source=source, actor=actor, import_id=import_id, on_progress=self._count)

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


def _peek(chunks: Iterable[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The first `size` bytes at least, where there are as many, and all chunks."""
    rest, taken, length = iter(chunks), list[bytes](), 0
    for chunk in rest:
        taken.append(chunk)
        length += len(chunk)
        if length >= size:
            break
    return b"".join(taken), chain(taken, rest)


def _is_document(head: bytes, name: str) -> bool:
    """Whether it is one document, and not one citizen a line."""
    if _DOCUMENT.match(head):
        return True
    try:
        msgspec.json.decode(head.lstrip(BLANKS).partition(b"\n")[0])
    except msgspec.DecodeError:
        # A document over several lines, half a line, or no JSON at all.
        return name.lower().removesuffix(".gz").endswith(".json")
    return False
