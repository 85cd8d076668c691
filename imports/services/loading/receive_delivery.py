"""Takes a delivery in without a look into it; a worker loads it."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from config.common.background.publishing import enqueue
from config.common.db.disk import PACKED
from config.common.http.encodings import GZIP
from config.common.problems import Gone
from config.common.texts import gettext as _
from imports.documents.formats import FORMATS, JSON
from imports.documents.options import TableOptions
from imports.models import Import
from imports.services.access import visible_delivery
from imports.services.loading.arrivals import require_whole
from imports.services.loading.load_document import growth_of
from imports.services.naming.resolve_source import DEFAULT_SOURCE, expect_source, name_source
from imports.services.raw_bodies import copy_body, store_body

LOAD = "imports.load"
LOAD_LARGE = "imports.load_large"
MAX_FILE_NAME = 255


@transaction.atomic
def receive_delivery(
    *,
    chunks: Iterable[bytes],
    media_type: str = JSON.media_type,
    content_encoding: str = "",
    source: str = DEFAULT_SOURCE,
    review: bool = False,
    holds_losses: bool = False,
    carry: bool = False,
    options: TableOptions | None = None,
    is_draft: bool = False,
    file_name: str = "",
    actor: User | None,
) -> Import:
    """Stores a delivery as it is sent and returns it, queued; a draft waits for `start_draft`.

    With `review` it stops when it is checked, until somebody approves it; with `holds_losses` where it takes away more
    than a tenth of its source's residents. With `carry` it gets the corrections of the one that it replaces.
    Raises as `expect_source`, `NoSpace`, and what reading the chunks raises; nothing is stored then.
    """
    expect_source(source, actor=actor)
    received = Import.objects.create(
        source=source,
        # Of a draft it says nothing, but the former release, which knows of none, would load what is queued.
        status=Import.Status.CANCELLED if is_draft else Import.Status.QUEUED,
        media_type=media_type,
        content_encoding=content_encoding,
        stops_when_checked=review,
        stops_at_losses=holds_losses,
        carries_corrections=carry,
        read_as=options._asdict() if options and any(options) else None,
        is_draft=is_draft,
        file_name=file_name[:MAX_FILE_NAME],
        created_by=actor,
    )
    store_body(received, chunks)
    name_source(source)
    if not is_draft:
        enqueue(load_task(received), import_id=received.pk)
    return received


def load_task(received: Import) -> str:
    """The task that loads it: large deliveries have their own, so that small ones need not wait for them."""
    size = (received.body_size or 0) * (PACKED if received.content_encoding == GZIP else 1)
    return LOAD_LARGE if size > settings.IMPORT_LARGE_BYTES else LOAD


@transaction.atomic
def reload_delivery(*, import_id: int, actor: User | None) -> Import:
    """A new delivery, queued, of what a delivery was loaded from: for after the rules have changed.

    It belongs to `actor`, or to whom the first one belongs. Raises `NotFound`, `Conflict` where messages of it are
    missing, `Gone` where no raw body is kept, and `NoSpace`.
    """
    first = visible_delivery(import_id=import_id)
    require_whole(first)
    # Held, so that the body is not erased while it is copied.
    first = Import.objects.select_for_update(no_key=True).get(pk=first.pk)
    if first.body_size is None:
        raise Gone(_("The raw body of this delivery is not kept."))
    growth_of(FORMATS[first.media_type]).expect_room(first.body_size, first.content_encoding, kept=True)
    again = Import.objects.create(
        source=first.source,
        media_type=first.media_type,
        content_encoding=first.content_encoding,
        read_as=first.read_as,
        body_size=first.body_size,
        created_by=actor or first.created_by,
    )
    copy_body(source_id=first.pk, target_id=again.pk)
    enqueue(load_task(again), import_id=again.pk)
    return again
