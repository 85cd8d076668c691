"""Deliveries of nobody: programs may send them, people are asked first."""

from collections.abc import Iterable

from django.conf import settings

from config.common.problems import InvalidInput, TooLarge
from config.common.tabular.read_workbook import sheet_names
from config.common.texts import gettext as _
from imports.documents.formats import XLSX, Format
from imports.documents.options import TableOptions
from imports.documents.reader import read_document
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
            content = b"".join(chunks)
            if content and len(sheet_names(content)) > 1:
                # People may be on another sheet.
                return False
            chunks = iter([content])
        if format.is_document:
            return not read_document(b"".join(chunks), max_citizens=settings.IMPORT_MAX_CITIZENS, rules=rules_on())
        reader = format.rows(chunks, rules=rules_on(), options=options)
        return not any(reader.sound()) and reader.is_sound
    except (InvalidInput, TooLarge):
        # Whoever loads it says what is wrong.
        return False
