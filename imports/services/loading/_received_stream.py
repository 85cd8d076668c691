"""The stored body of a delivery with one resident a line, or a row, on its way into the table."""

from collections.abc import Iterator
from datetime import UTC

from imports.documents.formats import FORMATS
from imports.documents.options import TableOptions
from imports.models import Import
from imports.services.loading._progress import Progress
from imports.services.loading.load_stream import store_stream
from imports.services.loading.unpack_body import unpack_body
from imports.services.raw_bodies import read_body


class ReceivedStream:
    """Stores the residents of a received delivery inside the caller's transaction, in constant memory.

    The raw body is read over the connection of `progress`: that of the load is in the middle of a COPY.
    """

    def __init__(self, delivery: Import, progress: Progress) -> None:
        self._delivery = delivery
        self._progress = progress
        self._count = 0

    def store(self) -> tuple[int, None]:
        """How many residents there are, of whom none may be left out. Raises as `store_stream`, `unpack_body`, and
        `Stopped`."""
        delivery = self._delivery
        format, today = FORMATS[delivery.media_type], delivery.created_at.astimezone(UTC).date()
        chunks = unpack_body(self._chunks(), format=format, encoding=delivery.content_encoding)
        count = store_stream(
            chunks=chunks,
            format=format,
            import_id=delivery.pk,
            today=today,
            options=TableOptions(**delivery.read_as or {}),
            on_progress=self._tell,
        )
        return count, None

    def _chunks(self) -> Iterator[bytes]:
        for chunk in read_body(self._delivery.pk, over=self._progress.connection):
            yield chunk
            # Also where nothing is stored any more and the rest is read for its errors.
            self._progress.tell(self._count)

    def _tell(self, count: int) -> None:
        self._count = count
        self._progress.tell(count)
