"""What a delivery would change, counted against the source's last complete delivery, with samples to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from imports.fields import EDITABLE, LISTS, written
from imports.models import Citizen, Import
from imports.querysets import SEE_ALL
from imports.services.naming.resolve_source import last_complete_of

MAX_SAMPLES = 20
# Differences of residents of the delivery that it is compared with.
_STORED = ("changed", "gone")
# Counts that tell of both deliveries, and of the one that came.
COMPARISON = ("new", "gone", "changed")
_CONTENTS = ("towns", "channels")
_TOWNS_AND_CHANNELS = """
    SELECT
        (SELECT count(*) FROM (SELECT DISTINCT town FROM imports_citizen WHERE import_id = %(now)s) AS towns),
        (SELECT count(*) FROM (SELECT DISTINCT channel FROM imports_citizen WHERE import_id = %(now)s) AS channels)
"""
# The order of a list of ids says nothing, and none occurs twice in one.
_DIFFERS = " OR ".join(
    f"now.{name} <> old.{name}"
    + (f" AND NOT (now.{name} @> old.{name} AND now.{name} <@ old.{name})" if name in LISTS else "")
    for name in EDITABLE
)
# New ones in the order of the delivery: the ids of one COPY ascend.
_DIFFERENCES = f"""
    WITH different AS (
        SELECT citizen_id,
            CASE WHEN old.id IS NULL THEN 'new' WHEN now.id IS NULL THEN 'gone' ELSE 'changed' END AS kind,
            CASE WHEN old.id IS NULL THEN now.id ELSE citizen_id END AS place
        FROM (SELECT * FROM imports_citizen WHERE import_id = %(now)s) AS now
        FULL JOIN (SELECT * FROM imports_citizen WHERE import_id = %(last)s) AS old USING (citizen_id)
        WHERE old.id IS NULL OR now.id IS NULL OR {_DIFFERS}
    ), numbered AS (
        SELECT kind, citizen_id, row_number() OVER (PARTITION BY kind ORDER BY place) AS nth,
            count(*) OVER (PARTITION BY kind) AS total
        FROM different
    )
    SELECT kind, citizen_id, total FROM numbered WHERE nth <= {MAX_SAMPLES} ORDER BY kind, nth
"""  # nosec B608 # joins constants alone; values are parameters
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Review:
    """`counts`: `residents`, `towns`, `channels` of the delivery; `new`, `gone`, `changed` and `compared_with`, an id.

    `differences`: up to `MAX_SAMPLES` of `{"citizen_id", "difference", "changes": {field: {"from", "to"}}}`. Residents
    are the same when they have the same `citizen_id`.
    """

    counts: dict[str, int | None]
    differences: list[dict[str, Any]]


def review_delivery(*, import_id: int, source: str, residents: int) -> Review:
    """Compares the stored residents of a delivery with the source's last complete one; without one all are new.

    `residents` is how many they are. Call it in the transaction in which they were stored, and which is rolled back.
    """
    last = last_complete_of(source)
    which = {"now": import_id, "last": last.pk if last else None}
    with connection.cursor() as cursor:
        cursor.execute(_TOWNS_AND_CHANNELS, which)
        towns, channels = cursor.fetchone()
        cursor.execute(_DIFFERENCES, which)
        rows = cursor.fetchall()
    totals = {kind: total for kind, _, total in rows}
    counts = {kind: totals.get(kind, 0) for kind in COMPARISON}
    counts |= {"residents": residents, "towns": towns, "channels": channels, "compared_with": which["last"]}
    return Review(counts, _samples([(kind, citizen_id) for kind, citizen_id, _ in rows], which))


def visible_counts(*, found: Import, actor: User) -> dict[str, int | None]:
    """Gives the counts of a delivery's review, or of what it replaced; None for those that `actor` may not know.

    Whoever could send a guess at another's residents and read how many are changed would know whether it was right. So
    comparisons are for those who may see the residents of both deliveries; who sees all keeps them when one is gone.
    """
    counts: dict[str, int | None] = found.review or found.compared or {}
    if actor.has_perm(SEE_ALL):
        return counts
    visible, other = Import.objects.whose_citizens_are_open_to(actor), counts.get("compared_with")
    if not visible.filter(pk=found.pk).exists():
        return counts | dict.fromkeys(COMPARISON + _CONTENTS)
    if other is None or visible.filter(pk=other).exists():
        return counts
    return counts | dict.fromkeys(COMPARISON)


def may_see_differences(*, found: Import, actor: User) -> bool:
    """Whether `actor` may see the residents of the delivery and of the one that it was compared with."""
    other = (found.review or {}).get("compared_with")
    visible = Import.objects.whose_citizens_are_open_to(actor)
    if not visible.filter(pk=found.pk).exists():
        return False
    # Those of an erased delivery are for nobody.
    return other is None or visible.filter(pk=other, status=Import.Status.COMPLETE).exists()


def storable_differences(review: Review) -> list[dict[str, Any]]:
    """The samples; none where the other delivery was erased or deleted meanwhile. Call it in the transaction that
    stores them: whoever erases the other delivery waits for its end, and then takes the samples away.
    """
    other = review.counts["compared_with"]
    if other is None:
        return review.differences
    held = Import.objects.key_shared(other)
    if held is None or held.deleted_at is not None or held.status != Import.Status.COMPLETE:
        return []
    # One of its residents may have been erased since they were read.
    known = [sample["citizen_id"] for sample in review.differences if sample.get("difference") in _STORED]
    there = set(Citizen.objects.of(other).filter(citizen_id__in=known).values_list("citizen_id", flat=True))
    gone = set(known) - there
    return [sample for sample in review.differences if sample.get("citizen_id") not in gone]


def _samples(found: Sequence[tuple[str, int]], which: dict[str, int | None]) -> list[dict[str, Any]]:
    """The first samples, one of each kind in turn, so that many of one hide none of another."""
    ids = [citizen_id for _, citizen_id in found]
    now, old = (_values(which[name], ids) for name in ("now", "last"))
    kinds = (
        [_difference(kind, one, old.get(one, {}), now.get(one, {})) for its_kind, one in found if its_kind == kind]
        for kind in ("changed", "gone", "new")
    )
    in_turn = chain.from_iterable(zip_longest(*kinds))
    return [sample for sample in in_turn if sample is not None][:MAX_SAMPLES]


def _difference(kind: str, citizen_id: int, before: Values, after: Values) -> dict[str, Any]:
    """A sample: each field that is not the same, with both values."""
    changes = {
        name: {"from": before.get(name), "to": after.get(name)}
        for name in EDITABLE
        if before.get(name) != after.get(name)
    }
    return {"citizen_id": citizen_id, "difference": kind, "changes": changes}


def _values(import_id: int | None, citizen_ids: list[int]) -> dict[int, Values]:
    """Every field but the id, as it is written; the order of a list of ids says nothing."""
    if import_id is None:
        return {}
    rows = Citizen.objects.of(import_id).filter(citizen_id__in=citizen_ids)
    return {
        row.citizen_id: {
            name: sorted(value) if name in LISTS else value for name, value in written(row, EDITABLE).items()
        }
        for row in rows
    }
