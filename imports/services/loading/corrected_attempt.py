"""What becomes of the corrected rows of a delivery, in whatever way they come: with the good ones a new attempt."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User

from config.common.http.encodings import limited
from config.common.problems import Conflict
from config.common.texts import gettext as _
from imports.documents.formats import NDJSON
from imports.models import Import
from imports.services.loading.examine_rows import Examination
from imports.services.loading.receive_delivery import receive_delivery
from imports.services.loading.steer_delivery import load_mended
from imports.services.loading.unpack_body import most_bytes
from imports.services.loading.wrong_rows import mendable
from imports.services.naming.resolve_source import last_complete_of
from imports.services.raw_bodies import replace_body
from imports.services.residents.rename_value import MAY_RENAME

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Corrected:
    """The delivery, queued: of so many `good` rows and `corrected` ones, without those `left_out`, which were wrong and
    were not sent again. `is_new`: it is another one, since the first was loaded without its wrong rows."""

    delivery: Import
    good: int
    corrected: int
    left_out: int
    is_new: bool


def to_correct(*, import_id: int, actor: User) -> tuple[Import, Examination]:
    """The delivery, held until the transaction ends, with its wrong rows found anew. Raises as `mendable`, and
    `Conflict` where the source has sent another one since, which it would replace."""
    # Held: a body that is erased while it is read would seem to end there.
    Import.objects.select_for_update(no_key=True).filter(pk=import_id).first()
    found, examined = mendable(import_id=import_id, actor=actor)
    newest = last_complete_of(found.source)
    if newest is not None and newest.pk > found.pk:
        told = _("%(newest)s came after this one and would be replaced by it. Mend the rows there.")
        raise Conflict(told % {"newest": str(newest)})
    return found, examined


def attempt(found: Import, examined: Examination, lines: Iterable[bytes], *, corrected: int, actor: User) -> Corrected:
    """Queues the residents in `lines`, the good ones and `corrected` others, one a line, in the place of what failed;
    of a delivery that was loaded without its wrong rows as a new one. Raises as `receive_delivery`."""
    chunks = limited(_in_chunks(lines), max_bytes=most_bytes(NDJSON))
    review = found.stops_when_checked or found.review is not None
    if is_new := found.status != Import.Status.FAILED:
        made = receive_delivery(
            chunks=chunks, media_type=NDJSON.media_type, source=found.source, review=review, holds_losses=True,
            carry=found.carries_corrections and actor.has_perm(MAY_RENAME), file_name=found.file_name, actor=actor,
        )  # fmt: skip
        Import.objects.filter(pk=made.pk).update(mended=corrected)
    else:
        replace_body(found, chunks)
        values = {
            "media_type": NDJSON.media_type, "content_encoding": "", "read_as": None, "mended": corrected,
            "stops_when_checked": review,
        }  # fmt: skip
        made = load_mended(import_id=found.pk, actor=actor, values=values)
    good = examined.rows - examined.wrong
    return Corrected(made, good, corrected, max(0, examined.wrong - corrected), is_new)


def _in_chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    chunk = bytearray()
    for line in lines:
        if chunk and len(chunk) + len(line) > _CHUNK:
            yield bytes(chunk)
            chunk.clear()
        chunk += line
    if chunk:
        yield bytes(chunk)
