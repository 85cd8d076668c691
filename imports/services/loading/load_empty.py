"""Deliveries of nobody: programs may send them, people are asked first."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from config.common.problems import InvalidInput, TooLarge
from config.common.tabular.read_workbook import Workbook
from config.common.texts import gettext as _
from imports.documents.formats import XLSX, Format
from imports.documents.options import TableOptions
from imports.documents.reader import read_document
from imports.documents.stream import Reader
from imports.documents.workbook_table import pieces_of
from imports.services.document_rules import rules_on
from imports.services.loading.unpack_body import unpack_body


class EmptyDelivery(InvalidInput):
    """There is nobody in the delivery, and nobody said that this is meant."""

    def __init__(self, source: str) -> None:
        text = _("Nobody is in it: loaded, it would empty the current picture of the source %(source)s.")
        super().__init__(text % {"source": source})


def holds_nobody(sent: Iterable[bytes], *, format: Format, encoding: str, options: TableOptions) -> bool:
    """Whether a delivery, as it is sent, is right and empty. It is read as far as to the first resident; a document and
    a workbook as a whole."""
    try:
        chunks = unpack_body(sent, format=format, encoding=encoding)
        if format is XLSX:
            return _is_empty_workbook(b"".join(chunks), options)
        if format.is_document:
            return not read_document(b"".join(chunks), max_citizens=settings.IMPORT_MAX_CITIZENS, rules=rules_on())
        return _is_empty(format.rows(chunks, rules=rules_on(), options=options))
    except (InvalidInput, TooLarge):
        # Whoever loads it says what is wrong.
        return False


def _is_empty_workbook(content: bytes, options: TableOptions) -> bool:
    book = Workbook(content)
    if len(book.sheets) > 1:
        # People may be on another sheet.
        return False
    pieces = pieces_of(book.rows(options.sheet))
    return _is_empty(XLSX.rows([], rules=rules_on(), options=options, pieces=pieces))


def _is_empty(reader: Reader[Any]) -> bool:
    return not any(reader.sound()) and reader.is_sound
