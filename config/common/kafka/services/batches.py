"""Puts events together to batches, each once, and knows which of them have arrived.

The numbers of batches are written down twice: here, before a batch is sent, and in Kafka, in the transaction that
sends it. Whoever takes over compares the two, so a batch is sent again only where it is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from config.common.events.models import Event
from config.common.kafka.models import Relay

AT_ONCE = 500


class Fenced(Exception):
    """Another process has taken over."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that leave together, in the order of their ids."""

    number: int
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Batches:
    """The batches of a transactional id, for whoever has taken over with this fence."""

    transactional_id: str
    fence: int

    @classmethod
    @transaction.atomic
    def take_over(cls, transactional_id: str) -> "Batches":
        """From now on every other holder is `Fenced`."""
        Relay.objects.get_or_create(pk=transactional_id)
        held = Relay.objects.select_for_update().get(pk=transactional_id)
        held.fence += 1
        held.save(update_fields=["fence"])
        return cls(transactional_id, held.fence)

    @transaction.atomic
    def in_doubt(self) -> Batch | None:
        """The batch that may be in Kafka or not; None where every one is."""
        held = self._hold()
        return None if held.batch == held.confirmed else _batch(held.batch)

    @transaction.atomic
    def put_together(self) -> Batch | None:
        """The oldest events that have not left, up to `AT_ONCE`; None where there is none. It is in doubt then."""
        held = self._hold()
        waiting = list(Event.objects.unrelayed().values_list("pk", flat=True)[:AT_ONCE])
        if not waiting:
            return None
        held.batch += 1
        held.save(update_fields=["batch"])
        Event.objects.filter(pk__in=waiting).update(batch=held.batch)
        return _batch(held.batch)

    def confirm(self, batch: Batch) -> None:
        """It is in Kafka."""
        own = Relay.objects.filter(pk=self.transactional_id, fence=self.fence, batch=batch.number)
        if not own.update(confirmed=F("batch")):
            raise Fenced

    def _hold(self) -> Relay:
        """Nobody takes over until the end of the transaction."""
        held = Relay.objects.select_for_update().filter(pk=self.transactional_id, fence=self.fence).first()
        if held is None:
            raise Fenced
        return held


def _batch(number: int) -> Batch:
    return Batch(number, list(Event.objects.filter(batch=number).order_by("pk")))
