"""Takes in the corrected rows of a delivery that failed: with its good rows they are a new one."""

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import msgspec
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from config.common.http.encodings import decoded, limited
from config.common.problems import Conflict, FieldError, InvalidInput
from config.common.tabular.workbook import MAX_ROWS, expect_rows
from config.common.texts import gettext as _
from imports.documents.errors import InvalidDocument
from imports.documents.formats import HEAD_BYTES, NDJSON, kind_of
from imports.documents.headers import guessed_columns
from imports.documents.heads import read_head
from imports.documents.judge import judged
from imports.documents.options import TableOptions
from imports.models import Import
from imports.services.document_rules import rules_on
from imports.services.loading.examine_rows import Examination, good_residents, reader_of
from imports.services.loading.receive_delivery import receive_delivery
from imports.services.loading.unpack_body import most_bytes
from imports.services.loading.wrong_rows import mendable
from imports.services.naming.resolve_source import last_complete_of
from imports.services.residents.rename_value import MAY_RENAME

if TYPE_CHECKING:
    from imports.documents.table import TableReader

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Corrected:
    """The new delivery, queued: of so many `good` rows and `corrected` ones, without those `left_out`, which were wrong
    and do not stand in the corrected file."""

    delivery: Import
    good: int
    corrected: int
    left_out: int


@transaction.atomic
def correct_rows(*, import_id: int, content: bytes, name: str, actor: User) -> Corrected:
    """Makes a delivery of the good rows of `import_id` and of those in `content`, a table in the columns of the wrong
    rows; it is checked and loaded as any other, all of it or nothing.

    Raises as `mendable`, `InvalidInput` for what is no such table, `TooLarge`, `Conflict` where the source has sent
    another one since, which it would replace, and as `receive_delivery`.
    """
    # Held: a body that is erased while it is read would seem to end there.
    Import.objects.select_for_update(no_key=True).filter(pk=import_id).first()
    found, examined = mendable(import_id=import_id, actor=actor)
    newest = last_complete_of(found.source)
    if newest is not None and newest.pk > found.pk:
        raise Conflict(
            _("%(newest)s came after this one and would be replaced by it. Mend the rows there.")
            % {"newest": str(newest)}
        )
    rows = list(islice(_corrected(found, examined, content, name), MAX_ROWS + 1))
    expect_rows(len(rows))
    if not rows:
        raise InvalidInput(_("No row stands in this file. To leave all wrong rows out, load the good rows only."))
    lines = _in_chunks(_lines(found, examined, rows))
    received = receive_delivery(
        chunks=limited(lines, max_bytes=most_bytes(NDJSON)),
        media_type=NDJSON.media_type,
        source=found.source,
        review=found.stops_when_checked or found.review is not None,
        holds_losses=True,
        carry=found.carries_corrections and actor.has_perm(MAY_RENAME),
        actor=actor,
    )
    left_out = max(0, examined.wrong - len(rows))
    return Corrected(received, examined.rows - examined.wrong, len(rows), left_out)


def _corrected(found: Import, examined: Examination, content: bytes, name: str) -> Iterator[dict[str, Any]]:
    """What each corrected row says of each field, right or wrong."""
    format, encoding = kind_of(content[:HEAD_BYTES], name=name)
    if not format.options:
        raise InvalidInput(_("An Excel workbook (XLSX) or CSV is expected: the wrong rows as they were downloaded."))
    content = decoded([content], encoding=encoding, max_bytes=settings.IMPORT_MAX_BYTES)
    head = read_head([content], format=format, options=TableOptions(), rules=rules_on(), rows=0)
    options = TableOptions(columns=_columns(found, examined, head.names), letters=examined.letters)
    # What has options is a table.
    reader = cast("TableReader", format.rows([content], rules=rules_on(), options=options))
    errors = list[FieldError]()
    for one in judged(reader):
        row, fault = one.original.content
        if fault is not None or any(not error.field for error in one.faults):
            errors += [FieldError(one.original.pointer, error.code, error.text) for error in one.faults]
        else:
            yield reader.values(row)
    if errors:
        raise InvalidDocument(errors)


def _columns(found: Import, examined: Examination, names: list[str]) -> tuple[str, ...]:
    """The fields of the columns called `names`, as somebody said it of the first file; none where their names do."""
    columns = TableOptions(**found.read_as or {}).columns
    if not columns:
        return ()
    reader = reader_of(found, letters=examined.letters)
    next(judged(reader), None)
    # Of two columns of one name the first is what was said of the first.
    known = defaultdict[str, deque[str]](deque)
    for column, field in zip(reader.columns, columns, strict=False):
        known[column].append(field)
    pairs = zip(names, guessed_columns(names), strict=True)
    return tuple(known[name].popleft() if known[name] else guess for name, guess in pairs)


def _lines(found: Import, examined: Examination, rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for resident in good_residents(reader_of(found, letters=examined.letters), examined):
        yield msgspec.json.encode(resident) + b"\n"
    for row in rows:
        yield json.dumps(row, default=str).encode() + b"\n"


def _in_chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    chunk = bytearray()
    for line in lines:
        if chunk and len(chunk) + len(line) > _CHUNK:
            yield bytes(chunk)
            chunk.clear()
        chunk += line
    if chunk:
        yield bytes(chunk)
