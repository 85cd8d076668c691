"""Takes in what producers say of their deliveries: that one begins, and what was sent of it when it ends."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from django.utils import timezone

from config.common.kafka.messages import Message, Outcome, Reason, WrongMessage
from imports.documents.messages import CONTROL, Begin, End
from imports.models import Arrival, Import
from imports.services.loading.arrivals import Key, awaited_delivery, hold_arrivals
from imports.services.loading.complete_arrival import complete_arrival
from imports.services.loading.receive_residents import delivery_of, why_refused

Said = tuple[Key, Message, Begin | End]


def receive_control(messages: Sequence[Message]) -> Outcome:
    """Notes what each says. Of two that say the same the second changes nothing; another `end` replaces the one before
    as long as the delivery is not whole."""
    outcome = Outcome()
    said = [one for message in messages if (one := _read(message, outcome)) is not None]
    arrivals, refused = hold_arrivals({key for key, _message, _control in said})
    for key, message, control in said:
        if key in refused:
            outcome.refuse([message], *why_refused(refused[key]))
        else:
            _note(arrivals[key], control, outcome)
    return outcome


def _read(message: Message, outcome: Outcome) -> Said | None:
    try:
        return delivery_of(message, dict(message.headers)), message, CONTROL.decode(message.value or b"")
    except WrongMessage as wrong:
        outcome.refuse([message], wrong.reason, wrong.detail)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        outcome.refuse([message], Reason.INVALID, "control")
    return None


def _note(arrival: Arrival, control: Begin | End, outcome: Outcome) -> None:
    delivery = awaited_delivery(arrival)
    if delivery is None:
        outcome.ignored += 1
        return
    changed = _begin(arrival, delivery, control) if isinstance(control, Begin) else _end(arrival, control)
    if not changed:
        outcome.repeated += 1
        return
    outcome.stored += 1
    complete_arrival(arrival, delivery)


def _begin(arrival: Arrival, delivery: Import, control: Begin) -> bool:
    if arrival.begun_at is not None:
        return False
    arrival.begun_at = timezone.now()
    arrival.save(update_fields=["begun_at"])
    Import.objects.filter(pk=delivery.pk).update(stops_when_checked=control.review)
    return True


def _end(arrival: Arrival, control: End) -> bool:
    checksum = Decimal(int(control.checksum, 16))
    if (arrival.expected, arrival.expected_checksum) == (control.count, checksum):
        return False
    arrival.ended_at, arrival.expected, arrival.expected_checksum = timezone.now(), control.count, checksum
    arrival.save(update_fields=["ended_at", "expected", "expected_checksum"])
    return True
