"""Gives a town or a channel another name throughout a delivery.

One statement changes the residents and writes a correction for each of them: the history of a resident then names this
change like any other, with its moment and who made it, also when a hundred thousand changed at once. Its rows are
locked by ascending id and the delivery's revision is written last, once, as `correct_resident` does: the two can wait
for each other, but never in a ring.

What is asked is a row (`Rename`), so that it can be carried out in the background and is not lost with a message.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from config.common.background.publishing import enqueue
from config.common.problems import Forbidden, InvalidInput, Problem
from imports.documents.checks import field_checks
from imports.documents.errors import ErrorCollector
from imports.models import Citizen, Correction, Import, Rename
from imports.querysets import CitizenQuerySet
from imports.services.access import readable_delivery
from imports.services.document_rules import rules_on
from imports.services.residents.correct_resident import hold_delivery

RENAME = "imports.rename"
MAY_RENAME = "imports.change_citizen"
SAMPLE = 10
# As many are renamed while somebody waits: about a tenth of a second.
_AT_ONCE = 2_000
# Somebody else may correct one of them while this waits for its lock. The locking part looks at the newest version of
# such a row, and so does the writing one: what is not called `before` any more is left alone.
_RENAME = """
    WITH locked AS MATERIALIZED (
        SELECT id FROM imports_citizen
        WHERE import_id = %(import_id)s AND {field} = %(before)s AND (%(undoes)s IS NULL OR citizen_id IN (
            SELECT citizen_id FROM imports_correction WHERE of_rename = %(undoes)s
        )) ORDER BY citizen_id FOR NO KEY UPDATE
    ), renamed AS (
        UPDATE imports_citizen AS citizen SET {field} = %(after)s FROM locked WHERE citizen.id = locked.id
        RETURNING citizen.citizen_id
    ), written AS (
        INSERT INTO imports_correction (import_id, citizen_id, changes, corrected_at, corrected_by_id, of_rename)
        SELECT %(import_id)s, citizen_id,
            jsonb_build_object('{field}', jsonb_build_object('from', %(before)s::text, 'to', %(after)s::text)),
            now(), %(actor_id)s, %(rename_id)s
        FROM renamed ORDER BY citizen_id RETURNING 1
    )
    SELECT count(*) FROM written
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a renaming would be about: how many are called `before`, the first of them, and how many are called `after`
    already, who could not be told apart from the others any more."""

    citizens: int
    sample: list[Citizen]
    called_so_already: int


def plan_rename(*, import_id: int, field: str, before: str, after: str, actor: User) -> Plan:
    """What `ask_rename` would do. Changes nothing; raises as it does."""
    _check(import_id, field, before, after, actor)
    called = Citizen.objects.of(import_id).filter(**{field: before})
    return Plan(
        citizens=called.count(),
        sample=list(called.order_by("citizen_id")[:SAMPLE]),
        called_so_already=Citizen.objects.of(import_id).filter(**{field: after}).count(),
    )


def ask_rename(*, import_id: int, field: str, before: str, after: str, actor: User) -> Rename:
    """Renames at once where few residents are concerned, else in the background. The row says what became of it.

    Raises `Forbidden`, `NotFound`, `Conflict` or `Gone` as for a correction, and `InvalidInput` for a name that is
    none, or the same.
    """
    _check(import_id, field, before, after, actor)
    return ask(Rename(delivery_id=import_id, field=field, before=before, after=after, asked_by=actor))


def ask(asked: Rename) -> Rename:
    """Stores what is asked, and carries it out now or in the background. Raises as `hold_delivery`."""
    with transaction.atomic():
        # After an erasure, which takes these rows along, none may follow.
        hold_delivery(asked.delivery_id)
        asked.save(force_insert=True)
    if len(concerned(asked).order_by().values_list("pk")[: _AT_ONCE + 1]) <= _AT_ONCE:
        carry_out_rename(rename_id=asked.pk)
    else:
        enqueue(RENAME, rename_id=asked.pk)
    asked.refresh_from_db()
    return asked


def concerned(asked: Rename) -> CitizenQuerySet:
    """The residents whom it gives another name: who are called so; where it undoes one, who got the name by that."""
    called = Citizen.objects.of(asked.delivery_id).filter(**{asked.field: asked.before})
    return called if asked.undoes is None else called.filter(citizen_id__in=Correction.objects.of_rename(asked.undoes))


def carry_out_rename(*, rename_id: int) -> int | None:
    """How many residents were renamed; None where it was done, or refused, before or is being done by somebody else."""
    asked = Rename.objects.filter(pk=rename_id, finished_at=None).first()
    if asked is None:
        return None
    try:
        return _carry_out(asked)
    except Problem as refusal:
        finished = {"refusal": refusal.detail[:256], "finished_at": timezone.now()}
        Rename.objects.filter(pk=rename_id, finished_at=None).update(**finished)
        return None


@transaction.atomic
def _carry_out(asked: Rename) -> int | None:
    # The delivery before the row: whoever erases it takes them in this order too.
    hold_delivery(asked.delivery_id)
    if Rename.objects.select_for_update(skip_locked=True).filter(pk=asked.pk, finished_at=None).first() is None:
        return None
    renamed = _rename(asked)
    Rename.objects.filter(pk=asked.pk).update(citizens=renamed, finished_at=timezone.now())
    if renamed:
        # Last, so that whoever compares revisions sees this one only together with everything above.
        Import.objects.filter(pk=asked.delivery_id).update(revision=F("revision") + 1)
    return renamed


def _rename(asked: Rename) -> int:
    values: dict[str, Any] = {
        "import_id": asked.delivery_id,
        "before": asked.before,
        "after": asked.after,
        "actor_id": asked.asked_by_id,
        "rename_id": asked.pk,
        "undoes": asked.undoes,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RENAME.format(field=Rename.Field(asked.field).value), values)
        return int(cursor.fetchone()[0])


def _check(import_id: int, field: str, before: str, after: str, actor: User) -> None:
    if not actor.has_perm(MAY_RENAME):
        raise Forbidden("Only editors and managers may correct residents.")
    readable_delivery(import_id=import_id, actor=actor)
    errors = ErrorCollector()
    check = field_checks(rules_on())[Rename.Field(field).value]
    for name, value in (("before", before), ("after", after)):
        check(value, f"/{name}", errors)
    errors.raise_if_any()
    if before == after:
        raise InvalidInput("The new name is the old one.")
