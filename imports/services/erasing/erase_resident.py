"""Erases one person from one delivery for good, in one transaction: a kill leaves all of it or nothing.

The delivery is locked FOR UPDATE, which comes before the locks of every other writer (`correct_resident` begins with
`FOR KEY SHARE` on the same row). So corrections, counts and reviews that are under way end first, and none begins
meanwhile; waiting for each other in a ring is not possible.
"""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F

from config.common.idempotency.answers import forget_contents, forgettable
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from imports.models import Citizen, Correction, Import
from imports.services.access import NoSuchDelivery, NoSuchResident, require_contents, visible_delivery
from imports.services.erasing.forget_arrival import forget_arrival
from imports.services.raw_bodies import remove_body
from imports.services.refresh_demand import refresh_demand
from imports.services.residents.export_resident import require_may_handle
from imports.services.residents.relations import Relations, write_other_sides

_NOBODY = Relations((), ())
# Out of the lists, and no other field: null where there is none.
_UNNAME = """
    UPDATE imports_correction SET changes = (
        SELECT jsonb_object_agg(field, CASE
            WHEN field IN ('relatives', 'friends') THEN jsonb_build_object('from', {from}, 'to', {to})
            ELSE change END)
        FROM jsonb_each(changes) AS changed (field, change)
    ) WHERE id = ANY (%(rows)s)
"""
_WITHOUT = """CASE jsonb_typeof(change->'{side}') WHEN 'array' THEN (
    SELECT coalesce(jsonb_agg(other ORDER BY place), '[]'::jsonb)
    FROM jsonb_array_elements(change->'{side}') WITH ORDINALITY AS list (other, place)
    WHERE other <> to_jsonb(%(me)s::bigint)
) ELSE change->'{side}' END"""


@dataclass(frozen=True, slots=True)
class ResidentErasure:
    """How many rows of what it is about: numbers alone, for logs and reports."""

    citizens: int
    others_lists: int
    corrections: int
    others_corrections: int
    raw_bodies: int
    reviews: int
    answers: int


def plan_resident_erasure(*, import_id: int, citizen_id: int, actor: User | None) -> ResidentErasure:
    """What `erase_resident` would be about. Changes nothing; raises as it does."""
    require_may_handle(actor)
    require_contents(visible_delivery(import_id=import_id))
    citizen = Citizen.objects.of(import_id).filter(citizen_id=citizen_id).first()
    return _count(Import.objects.get(pk=import_id), citizen_id, citizen)


@transaction.atomic
def erase_resident(*, import_id: int, citizen_id: int, actor: User | None, reader: Reader) -> ResidentErasure:
    """The row goes, from the lists of others too; so do corrections about the resident, mentions in those of others,
    the delivery's raw body, samples of reviews against it, and what stored answers say of it. Everybody else stays as
    they are; the revision grows, so that they are counted anew. That it was done, and by whom, stays as numbers.

    Raises `Forbidden`, `NotFound`, also where it is done already, `Conflict`, `Gone` and `Unavailable`.
    """
    require_may_handle(actor)
    found = Import.objects.live().select_for_update().filter(pk=import_id).first()
    if found is None:
        raise NoSuchDelivery
    require_contents(found)
    citizen = Citizen.objects.of(import_id).filter(citizen_id=citizen_id).first()
    done = _count(found, citizen_id, citizen)
    if citizen is not None:
        _remove(found, citizen)
    _scrub(found, citizen_id)
    record_read(reader=reader, what=What.ERASED, residents=[(import_id, citizen_id)])
    # Last, as every writer does it.
    gone = done.citizens
    Import.objects.filter(pk=import_id).update(
        revision=F("revision") + 1,
        citizen_count=F("citizen_count") - gone,
        processed=F("processed") - gone,
        body_size=None,
        differences=[],
    )
    refresh_demand()
    return done


def _count(found: Import, citizen_id: int, citizen: Citizen | None) -> ResidentErasure:
    if citizen is None:
        raise NoSuchResident
    return ResidentErasure(
        citizens=1,
        others_lists=len(_others(citizen)),
        corrections=Correction.objects.about(found.pk, citizen_id).count(),
        others_corrections=Correction.objects.naming(found.pk, citizen_id).count(),
        raw_bodies=int(found.body_size is not None),
        reviews=Import.objects.compared_with(found.pk).exclude(differences=[]).count(),
        answers=forgettable(found.get_absolute_url()).count(),
    )


def _others(citizen: Citizen) -> set[int]:
    return ({*citizen.relatives} | {*citizen.friends}) - {citizen.citizen_id}


def _remove(found: Import, citizen: Citizen) -> None:
    # Nobody else may write residents of this delivery now, so the rows need no lock of their own.
    write_other_sides(import_id=found.pk, citizen_id=citizen.citizen_id, new=_NOBODY, touched=_others(citizen))
    citizen.delete()


def _scrub(found: Import, citizen_id: int) -> None:
    Correction.objects.about(found.pk, citizen_id).delete()
    rows = list(Correction.objects.naming(found.pk, citizen_id).values_list("pk", flat=True))
    if rows:
        sides = {side: _WITHOUT.replace("{side}", side) for side in ("from", "to")}
        with connection.cursor() as cursor:
            unname = _UNNAME.replace("{from}", sides["from"]).replace("{to}", sides["to"])
            cursor.execute(unname, {"me": citizen_id, "rows": rows})
    remove_body(found.pk)
    forget_arrival(found.pk)
    Import.objects.compared_with(found.pk).update(differences=[])
    forget_contents(found.get_absolute_url())
