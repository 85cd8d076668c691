"""What a delivery would change, counted against the source's last complete delivery, with samples to look at."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from imports.documents.structs import Resident as Delivered
from imports.fields import EDITABLE, LISTS, written
from imports.models import Citizen, Import

MAX_SAMPLES = 20
_ROWS_IN_A_CHUNK = 1_000
# Differences of residents of the delivery that a delivery is compared with.
_STORED = ("changed", "gone")
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Review:
    """`counts`: `residents`, `towns`, `channels` of the delivery; `new`, `gone`, `changed` and `compared_with`, an id.

    `differences`: up to `MAX_SAMPLES` of `{"citizen_id", "difference", "changes": {field: {"from", "to"}}}`. Residents
    are the same when they have the same `citizen_id`.
    """

    counts: dict[str, int | None]
    differences: list[dict[str, Any]]


def review_delivery(citizens: Sequence[Delivered], *, source: str) -> Review:
    """Compares checked residents with the source's last complete delivery; without one all of them are new."""
    last = Import.objects.last_complete_of(source)
    found = _Comparison(citizens)
    if last is not None:
        found.read(last.pk)
    counts = {
        "residents": len(citizens),
        "towns": len({citizen.town for citizen in citizens}),
        "channels": len({citizen.channel for citizen in citizens}),
        "compared_with": last.pk if last else None,
    }
    return Review(counts | found.counts(), found.samples())


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


class _Comparison:
    """What becomes of the rows that there are: the delivery is in memory, the last delivery passes in chunks."""

    def __init__(self, citizens: Sequence[Delivered]) -> None:
        self._unmatched = {citizen.citizen_id: citizen for citizen in citizens}
        self._gone = self._changed = 0
        self._samples: dict[str, list[dict[str, Any]]] = {"changed": [], "gone": []}

    @transaction.atomic
    def read(self, import_id: int) -> None:
        for row in Citizen.objects.of(import_id).order_by("citizen_id").iterator(_ROWS_IN_A_CHUNK):
            self._compare(row)

    def _compare(self, row: Citizen) -> None:
        delivered, before = self._unmatched.pop(row.citizen_id, None), values_of(row)
        if delivered is None:
            self._gone += 1
            self._sample("gone", row.citizen_id, before, {})
        elif (after := values_of(delivered)) != before:
            self._changed += 1
            self._sample("changed", row.citizen_id, before, after)

    def _sample(self, kind: str, citizen_id: int, before: Values, after: Values) -> None:
        if len(self._samples[kind]) < MAX_SAMPLES:
            self._samples[kind].append(difference(kind, citizen_id, before, after))

    def counts(self) -> dict[str, int | None]:
        return {"new": len(self._unmatched), "gone": self._gone, "changed": self._changed}

    def samples(self) -> list[dict[str, Any]]:
        """Takes one of each kind in turn, so that many of one hide none of another."""
        new = (difference("new", *_added(citizen)) for citizen in self._unmatched.values())
        return in_turn([self._samples["changed"], self._samples["gone"], new])


def in_turn(kinds: Iterable[Iterable[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The first `MAX_SAMPLES` samples, one of each kind in turn."""
    all_kinds = chain.from_iterable(zip_longest(*(islice(kind, MAX_SAMPLES) for kind in kinds)))
    return [sample for sample in all_kinds if sample is not None][:MAX_SAMPLES]


def _added(citizen: Delivered) -> tuple[int, Values, Values]:
    return citizen.citizen_id, {}, values_of(citizen)


def difference(kind: str, citizen_id: int, before: Values, after: Values) -> dict[str, Any]:
    """A sample: each field that is not the same, with both values."""
    changes = {
        name: {"from": before.get(name), "to": after.get(name)}
        for name in before | after
        if before.get(name) != after.get(name)
    }
    return {"citizen_id": citizen_id, "difference": kind, "changes": changes}


def values_of(citizen: Citizen | Delivered) -> Values:
    """Every field but the id, dates as they are written; the order of a list of ids says nothing."""
    return {name: sorted(value) if name in LISTS else value for name, value in written(citizen, EDITABLE).items()}
