"""Takes the compression off a delivery, within the limits of its format."""

from collections.abc import Iterable

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from config.common.http.encodings import decoded, unpacked
from config.common.tabular.encodings import whole_utf8
from imports.documents.formats import FORMATS, Format
from imports.models import Import
from imports.services.raw_bodies import read_body


def unpack_body(chunks: Iterable[bytes], *, format: Format, encoding: str) -> Iterable[bytes]:
    """The bytes of the delivery: as they come, or of what is read as a whole all of them at once, now; a document
    without its byte order mark.

    Raises, now or while they are read, `TooLarge` beyond the limits, `InvalidInput` for what is not whole gzip.
    """
    if format.is_whole:
        whole = decoded(chunks, encoding=encoding, max_bytes=settings.IMPORT_MAX_BYTES)
        return [whole_utf8(whole) if format.is_document else whole]
    limits = {"max_bytes": settings.STREAM_MAX_BYTES, "max_ratio": settings.STREAM_MAX_RATIO}
    return unpacked(chunks, encoding=encoding, **limits)


def stored_body(found: Import, *, over: BaseDatabaseWrapper | None = None) -> Iterable[bytes]:
    """The same of a received delivery, read over the connection `over` or Django's."""
    return unpack_body(
        read_body(found.pk, over=over), format=FORMATS[found.media_type], encoding=found.content_encoding
    )


def most_bytes(format: Format) -> int:
    """How large a delivery may be that is kept as it is sent."""
    return int(settings.IMPORT_MAX_BYTES if format.is_whole else settings.STREAM_MAX_BYTES)
