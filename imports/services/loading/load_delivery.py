"""Takes a delivery in, whatever its format: all of it or nothing."""

from collections.abc import Iterable

from django.contrib.auth.models import User

from imports.documents.formats import Format
from imports.documents.options import TableOptions
from imports.models import Import
from imports.services.loading.load_document import load_document
from imports.services.loading.load_stream import OnProgress, load_stream
from imports.services.loading.tell_outcome import told
from imports.services.naming.resolve_source import DEFAULT_SOURCE


def store_delivery(
    *,
    chunks: Iterable[bytes],
    format: Format,
    source: str = DEFAULT_SOURCE,
    actor: User | None,
    import_id: int | None = None,
    options: TableOptions | None = None,
    on_progress: OnProgress | None = None,
    carry: bool = False,
) -> Import:
    """Stores the delivery and returns it, complete. `chunks` are its bytes as `unpack_body` gives them;
    `options` say how a table is to be read.

    Raises as `load_document` for a document and as `load_stream` for what is read while it comes; only there
    `on_progress` is told anything.
    """
    if format.is_document:
        return load_document(body=b"".join(chunks), source=source, actor=actor, import_id=import_id, carry=carry)
    return load_stream(
        chunks=chunks,
        format=format,
        source=source,
        actor=actor,
        import_id=import_id,
        options=options,
        on_progress=on_progress,
        carry=carry,
    )


# The same, and whoever asked is told that it is complete.
load_delivery = told(store_delivery)
