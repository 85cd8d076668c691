"""Takes in the corrected rows of a delivery that failed, as a table."""

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import msgspec
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from config.common.http.encodings import decoded
from config.common.problems import FieldError, InvalidInput
from config.common.tabular.workbook import MAX_ROWS, expect_rows
from config.common.texts import gettext as _
from imports.documents.errors import InvalidDocument
from imports.documents.formats import HEAD_BYTES, kind_of
from imports.documents.headers import guessed_columns
from imports.documents.heads import read_head
from imports.documents.judge import judged
from imports.documents.options import TableOptions
from imports.models import Import
from imports.services.document_rules import rules_on
from imports.services.loading.corrected_attempt import Corrected, attempt, to_correct
from imports.services.loading.examine_rows import Examination, good_residents, reader_of

if TYPE_CHECKING:
    from imports.documents.table import TableReader


@transaction.atomic
def correct_rows(*, import_id: int, content: bytes, name: str, actor: User) -> Corrected:
    """Queues the good rows of the delivery and those in `content`, a table in the columns of the wrong rows; they are
    checked and loaded as any other delivery, all of it or nothing.

    Raises as `to_correct` and `attempt`, `InvalidInput` for what is no such table, and `TooLarge`.
    """
    found, examined = to_correct(import_id=import_id, actor=actor)
    rows = list(islice(_corrected(found, examined, content, name), MAX_ROWS + 1))
    expect_rows(len(rows))
    if not rows:
        raise InvalidInput(_("No row stands in this file. To leave all wrong rows out, load the good rows only."))
    return attempt(found, examined, _lines(found, examined, rows), corrected=len(rows), actor=actor)


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
        _row, fault = one.original.content
        if fault is not None or any(not error.field for error in one.faults):
            errors += [FieldError(one.original.pointer, error.code, error.text) for error in one.faults]
        else:
            yield reader.values(one.original)
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
