"""Carries what staff corrected in a delivery over to the one that replaces it.

Field by field: where the new delivery has the value that was corrected, it gets what it was corrected to; where it has
a third one, that stays, and is a conflict. Relations pair by pair: where both residents stayed and all four of their
lists came as they had come before. Each is a correction of its own, which names the delivery that it comes from.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F

from config.common.problems import Forbidden
from config.common.texts import gettext as _
from imports.fields import EDITABLE, FIELDS, LISTS, Kind
from imports.models import Citizen, Correction, Import
from imports.services.access import is_open_to, require_contents
from imports.services.naming.resolve_source import last_complete_of
from imports.services.residents._carry_relations import Carrying, RelationConflict, carry_relations
from imports.services.residents.correct_resident import hold_delivery

MAX_SAMPLES = 20
_SINGLE = tuple(name for name in EDITABLE if name not in LISTS)
_TYPES = {Kind.INTEGER: "bigint", Kind.DATE: "date"}
# What was delivered is what the first correction found, what holds now is what the last one left.
_EDITS = """
    edit AS (
        SELECT citizen_id, field,
            (array_agg(change -> 'from' ORDER BY id))[1] AS delivered,
            (array_agg(change -> 'to' ORDER BY id DESC))[1] AS corrected
        FROM imports_correction, LATERAL jsonb_each(changes) AS one (field, change)
        WHERE import_id = %(last)s AND field = ANY(%(fields)s) GROUP BY 1, 2
    ), met AS MATERIALIZED (
        SELECT edit.*, to_jsonb(citizen) -> field AS came
        FROM edit JOIN imports_citizen AS citizen USING (citizen_id)
        WHERE citizen.import_id = %(now)s AND delivered <> corrected
    )
"""
# Everybody who was corrected, or named by a correction of another's lists, in the order that every writer keeps.
_LOCK = """
    SELECT count(*) FROM (
        SELECT 1 FROM imports_citizen WHERE import_id = %(now)s AND citizen_id IN (
            SELECT citizen_id FROM imports_correction WHERE import_id = %(last)s
            UNION SELECT other::bigint
            FROM imports_correction, unnest(%(lists)s) AS list, unnest(ARRAY['from', 'to']) AS side,
                LATERAL jsonb_array_elements_text(changes -> list -> side) AS other
            WHERE import_id = %(last)s
        ) ORDER BY citizen_id FOR NO KEY UPDATE
    ) AS locked
"""
_COUNTS = f"""
    WITH {_EDITS}
    SELECT field, count(*) FILTER (WHERE came = delivered), count(*) FILTER (WHERE came NOT IN (delivered, corrected))
    FROM met GROUP BY 1
"""  # nosec B608 # joins constants alone; values are parameters
_SAMPLES = f"""
    WITH {_EDITS}
    SELECT citizen_id, field, came, corrected, came <> delivered FROM met WHERE came <> corrected
    ORDER BY came = delivered, citizen_id, field LIMIT {MAX_SAMPLES}
"""  # nosec B608 # joins constants alone; values are parameters
_SET = ", ".join(
    f"{name} = coalesce((carried.value ->> '{name}')::{_TYPES.get(FIELDS[name].kind, 'text')}, citizen.{name})"
    for name in _SINGLE
)
_APPLY = f"""
    WITH {_EDITS}, carried AS (
        SELECT citizen_id, jsonb_object_agg(field, corrected) AS value,
            jsonb_object_agg(field, jsonb_build_object('from', delivered, 'to', corrected)) AS changes
        FROM met WHERE came = delivered GROUP BY 1
    ), changed AS (
        UPDATE imports_citizen AS citizen SET {_SET} FROM carried
        WHERE citizen.import_id = %(now)s AND citizen.citizen_id = carried.citizen_id RETURNING citizen.citizen_id
    )
    INSERT INTO imports_correction (import_id, citizen_id, changes, corrected_at, corrected_by_id, carried_from)
    SELECT %(now)s, citizen_id, changes, now(), %(actor)s, %(last)s FROM carried JOIN changed USING (citizen_id)
    ORDER BY citizen_id
"""  # nosec B608 # joins constants alone; values are parameters


@dataclass(frozen=True, slots=True)
class Sample:
    """A value that would be changed `to` what it was corrected to; with `is_conflict` one that stays."""

    citizen_id: int
    field: str
    value: Any
    to: Any
    is_conflict: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """How many values of each field are carried, and how many meet a third one; relations are counted by pairs."""

    replaced: int | None = None
    carried: dict[str, int] = field(default_factory=dict)
    conflicts: dict[str, int] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)


def replaces_corrections(found: Import) -> bool:
    """Whether anything was corrected in the delivery that this one replaces."""
    last = last_complete_of(found.source, before=found.pk)
    return last is not None and Correction.objects.filter(delivery=last).exists()


def plan_carrying(*, import_id: int, actor: User | None) -> Plan:
    """What `carry_corrections` would do. Changes nothing; raises as it does."""
    last = _replaced(import_id, actor)
    return Plan() if last is None else _plan(import_id, last)


@transaction.atomic
def carry_corrections(*, import_id: int, actor: User | None) -> Plan:
    """Does it, to a delivery that is complete or is stored in this transaction, and says what was done. Done again, it
    finds nothing more to do.

    Raises `NotFound`, `Conflict` or `Gone` where there are no contents, and `Forbidden` for `actor` who may not see the
    residents of the delivery that is replaced: what was corrected would tell.
    """
    last = _replaced(import_id, actor)
    if last is None:
        return Plan()
    _hold(import_id, last)
    which = _which(import_id, last) | {"actor": actor and actor.pk, "lists": list(LISTS)}
    with _cursor() as cursor:
        cursor.execute(_LOCK, which)
    plan = _plan(import_id, last)
    with _cursor() as cursor:
        cursor.execute(_APPLY, which)
        written = cursor.rowcount
    relations = carry_relations(import_id=import_id, last=last)
    rows = relations.corrections(import_id)
    for row in rows:
        row.corrected_by, row.carried_from = actor, last
    Citizen.objects.bulk_update(relations.changed, LISTS, batch_size=1_000)
    Correction.objects.bulk_create(rows)
    if written or rows:
        # Last, as every correction does.
        Import.objects.filter(pk=import_id).update(revision=F("revision") + 1)
    return plan


def _replaced(import_id: int, actor: User | None) -> int | None:
    found = Import.objects.get(pk=import_id)
    last = last_complete_of(found.source, before=import_id)
    if last is None:
        return None
    if not is_open_to(actor, last):
        raise Forbidden(_("What was corrected in the import that this one replaces is for those who may see it."))
    return last.pk


def _hold(import_id: int, last: int) -> None:
    """Keeps both from being erased, and corrections of the replaced one from being committed, so that its residents and
    its corrections are of one moment: each raises the revision of its delivery in the end."""
    if Import.objects.filter(pk=import_id, status=Import.Status.COMPLETE).exists():
        hold_delivery(import_id)
    require_contents(Import.objects.select_for_update(no_key=True).get(pk=last))


def _which(import_id: int, last: int) -> dict[str, Any]:
    return {"now": import_id, "last": last, "fields": list(_SINGLE)}


@contextmanager
def _cursor() -> Iterator[Any]:
    """A cursor for joins with a delivery that is just being stored: the planner takes it for one of a single row, and a
    nested loop over all of it and all corrections would not end in a lifetime."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield cursor
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def _plan(import_id: int, last: int) -> Plan:
    which = _which(import_id, last)
    with _cursor() as cursor:
        cursor.execute(_COUNTS, which)
        counts = cursor.fetchall()
        cursor.execute(_SAMPLES, which)
        samples = [
            Sample(citizen_id, name, json.loads(came), json.loads(corrected), is_conflict)
            for citizen_id, name, came, corrected, is_conflict in cursor.fetchall()
        ]
    relations: Carrying = carry_relations(import_id=import_id, last=last)
    carried = Counter({name: count for name, count, _ in counts})
    conflicts = Counter({name: count for name, _, count in counts})
    carried["relations"], conflicts["relations"] = len(relations.carried), len(relations.conflicts)
    samples += [_of_relation(one) for one in relations.conflicts[: MAX_SAMPLES - len(samples)]]
    return Plan(last, dict(+carried), dict(+conflicts), samples)


def _of_relation(conflict: RelationConflict) -> Sample:
    return Sample(conflict.citizen_id, "relations", conflict.other, conflict.to, True)
