"""Takes in residents that come one a message, into the raw body of their delivery."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC
from typing import NamedTuple

from config.common.kafka.messages import (
    Message,
    Outcome,
    Reason,
    Refusal,
    WrongMessage,
    number_of,
    text_of,
)
from config.common.problems import InvalidInput
from imports.documents.lines import MAX_LINE_BYTES
from imports.documents.messages import are_valid, as_lines, checksum_of, faults_of
from imports.documents.rules import Rules
from imports.models import Arrival, Import
from imports.models.named import MAX_NAME
from imports.services.document_rules import rules_on
from imports.services.loading.arrivals import (
    Key,
    add_messages,
    awaited_delivery,
    hold_arrivals,
    known_sequences,
)
from imports.services.loading.complete_arrival import complete_arrival
from imports.services.raw_bodies import append_body

MAX_DELIVERY = 200


class Numbered(NamedTuple):
    """A resident's message with its place in the delivery, from 1."""

    sequence: int
    message: Message


def receive_residents(messages: Sequence[Message]) -> Outcome:
    """Keeps those that are new and valid. A delivery that is whole by then is queued."""
    outcome = Outcome()
    by_key = _by_delivery(messages, outcome)
    arrivals, refused = hold_arrivals(by_key)
    for key, problem in refused.items():
        outcome.refuse([one.message for one in by_key[key]], *why_refused(problem))
    for key, arrival in arrivals.items():
        _receive(arrival, by_key[key], outcome)
    return outcome


def why_refused(problem: Exception) -> tuple[Reason, str]:
    """The reason and the detail of dead letters whose source is not taken."""
    is_unknown = isinstance(problem, InvalidInput) and bool(problem.errors)
    return (Reason.UNKNOWN_SOURCE, "source") if is_unknown else (Reason.HEADER, "source")


def delivery_of(message: Message, headers: dict[str, bytes | None]) -> Key:
    """The source and the name of its delivery, which is its key too. Raises `WrongMessage`."""
    name = text_of(message.key, name="key", most=MAX_DELIVERY, reason=Reason.KEY)
    if headers.get("delivery") != message.key:
        raise WrongMessage(Reason.HEADER, "delivery")
    return text_of(headers.get("source"), name="source", most=MAX_NAME), name


def _by_delivery(messages: Sequence[Message], outcome: Outcome) -> dict[Key, list[Numbered]]:
    by_key = defaultdict[Key, list[Numbered]](list)
    # Of the messages of a partition most are of one delivery.
    known = dict[tuple[bytes | None, ...], Key]()
    for message in messages:
        headers = dict(message.headers)
        place = (message.key, headers.get("source"), headers.get("delivery"))
        try:
            if place not in known:
                known[place] = delivery_of(message, headers)
            sequence = number_of(headers.get("sequence"), name="sequence")
        except WrongMessage as wrong:
            outcome.refuse([message], wrong.reason, wrong.detail)
            continue
        by_key[known[place]].append(Numbered(sequence, message))
    return by_key


def _receive(arrival: Arrival, numbered: list[Numbered], outcome: Outcome) -> None:
    delivery = awaited_delivery(arrival)
    if delivery is None:
        outcome.ignored += len(numbered)
        return
    fresh = _fresh(arrival, numbered)
    outcome.repeated += len(numbered) - len(fresh)
    valid, refused = _judged(fresh, rules_on(delivery.created_at.astimezone(UTC).date()))
    outcome.refusals += [refusal for _sequence, refusal in refused]
    outcome.stored += len(valid)
    _keep(arrival, delivery, valid, [sequence for sequence, _refusal in refused])
    complete_arrival(arrival, delivery)


def _fresh(arrival: Arrival, numbered: list[Numbered]) -> list[Numbered]:
    """Those whose sequence neither came before nor stands before them."""
    first = dict[int, Numbered]()
    for one in numbered:
        first.setdefault(one.sequence, one)
    known = known_sequences(arrival, list(first))
    return [one for sequence, one in first.items() if sequence not in known]


def _judged(numbered: list[Numbered], rules: Rules) -> tuple[list[Numbered], list[tuple[int, Refusal]]]:
    """Those that are valid, and why the others are not."""
    values = [one.message.value or b"" for one in numbered]
    if are_valid(values, rules=rules):
        return numbered, []
    valid, refused = list[Numbered](), list[tuple[int, Refusal]]()
    for one in numbered:
        refusal = _refusal(one.message, rules)
        if refusal is None:
            valid.append(one)
        else:
            refused.append((one.sequence, refusal))
    return valid, refused


def _refusal(message: Message, rules: Rules) -> Refusal | None:
    value = message.value or b""
    if len(value) > MAX_LINE_BYTES:
        return Refusal(message, Reason.TOO_LARGE)
    faults = faults_of(value, rules=rules)
    return None if faults is None else Refusal(message, Reason.INVALID, faults)


def _keep(arrival: Arrival, delivery: Import, valid: list[Numbered], refused: list[int]) -> None:
    values = [one.message.value or b"" for one in valid]
    pieces = append_body(delivery, as_lines(values), first=arrival.chunks) if values else 0
    kept = [one.sequence for one in valid]
    add_messages(arrival, kept=kept, refused=refused, checksum=checksum_of(values), chunks=pieces)
