"""A delivery that would take away more than a tenth of its source's residents waits, checked, until people say yes."""

from collections.abc import Iterable, Iterator

from django.contrib.auth.models import User
from django.db import connection, transaction

from imports.documents.formats import NDJSON, Format
from imports.documents.options import TableOptions
from imports.models import Citizen, Import
from imports.services.access import is_open_to
from imports.services.erasing.reclaim_space import reclaim_soon
from imports.services.loading.load_delivery import store_delivery
from imports.services.loading.review_delivery import review_delivery, storable_differences
from imports.services.loading.tell_outcome import tell_outcome
from imports.services.naming.resolve_source import last_complete_of
from imports.services.raw_bodies import store_body
from imports.services.residents.carry_corrections import carry_corrections
from imports.services.residents.read_residents import stream_ndjson

# One in so many.
MOST_GONE = 10
_PIECE = 1024 * 1024
# By a set operation: a join hangs on the planner's guess of how many rows there are that are just being stored.
_GONE = """
    SELECT count(*), (SELECT count(*) FROM imports_citizen WHERE import_id = %(last)s) FROM (
        SELECT citizen_id FROM imports_citizen WHERE import_id = %(last)s
        EXCEPT SELECT citizen_id FROM imports_citizen WHERE import_id = %(now)s
    ) AS gone
"""


def takes_away_many(*, import_id: int, source: str, actor: User | None) -> bool:
    """Whether more than a tenth of the residents whom the delivery would replace are not among its stored ones.

    For an `actor` who may not see those residents only their number counts, which the list of deliveries shows too:
    whoever sends guesses would learn by the answer who is among them.
    """
    last = last_complete_of(source, before=import_id)
    if last is None:
        return False
    if not is_open_to(actor, last):
        gone = (last.citizen_count or 0) - Citizen.objects.of(import_id).count()
        return MOST_GONE * gone > (last.citizen_count or 0)
    with connection.cursor() as cursor:
        cursor.execute(_GONE, {"last": last.pk, "now": import_id})
        gone, residents = cursor.fetchone()
    return bool(MOST_GONE * gone > residents)


@transaction.atomic
def load_or_hold(
    *,
    chunks: Iterable[bytes],
    format: Format,
    source: str,
    actor: User | None,
    options: TableOptions | None = None,
    carry: bool = False,
) -> Import:
    """Loads the delivery as `load_delivery`, complete; or keeps it, `checked`, where it takes many away.

    Its body went by while it was read: what is kept for the approval is the same residents, one a line.
    """
    loaded = store_delivery(chunks=chunks, format=format, source=source, actor=actor, options=options)
    if not takes_away_many(import_id=loaded.pk, source=source, actor=actor):
        if carry:
            carry_corrections(import_id=loaded.pk, actor=actor)
        tell_outcome(loaded)
        return loaded
    store_body(loaded, _pieces(stream_ndjson(import_id=loaded.pk)))
    loaded.status, loaded.processed, loaded.media_type = Import.Status.CHECKED, 0, NDJSON.media_type
    loaded.completed_at = loaded.settled_at = None
    loaded.carries_corrections, loaded.stops_at_losses = carry, True
    loaded.save()
    review = review_delivery(import_id=loaded.pk, source=source, residents=loaded.citizen_count)
    loaded.review, loaded.differences = review.counts, storable_differences(review)
    loaded.save(update_fields=["review", "differences"])
    tell_outcome(loaded)
    # Without Django's collector, which would read them first.
    Citizen.objects.of(loaded.pk)._raw_delete(using="default")
    reclaim_soon(loaded.citizen_count)
    return loaded


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            yield chunk[start : start + _PIECE]
