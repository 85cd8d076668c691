"""A supplier of deliveries, as its messages look, and as they should not."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from confluent_kafka import Producer

from imports.documents.messages import checksum_of, written_checksum
from tests.kafka.installation import SECONDS, Installation


class Sent(NamedTuple):
    """A message on its way."""

    topic: str
    value: bytes
    key: bytes | None
    headers: list[tuple[str, str | bytes | None]]


class Delivery:
    """The messages of a delivery; whoever wants them otherwise changes the lists before they are sent."""

    def __init__(self, citizens: Iterable[dict[str, Any]], *, name: str = "one", source: str = "Kyiv") -> None:
        self.name, self.source = name, source
        self.values = [json.dumps(one).encode() for one in citizens]
        self.residents = [self.resident(number, value) for number, value in enumerate(self.values, start=1)]

    def resident(self, sequence: int, value: bytes, **headers: bytes) -> Sent:
        """One of it; `headers` are given instead of the right ones."""
        named = self._named() | {"sequence": str(sequence).encode()} | headers
        return Sent("residents", value, self.name.encode(), [*named.items()])

    def begin(self, **more: Any) -> Sent:
        return self.control({"type": "begin", **more})

    def end(self, **other: Any) -> Sent:
        said = {"count": len(self.values), "checksum": written_checksum(checksum_of(self.values))}
        return self.control({"type": "end", **said, **other})

    def control(self, said: Any) -> Sent:
        return Sent("deliveries", json.dumps(said).encode(), self.name.encode(), [*self._named().items()])

    def whole(self, *, without: Collection[int] = ()) -> list[Sent]:
        """All of it, but for the sequences `without`."""
        kept = [one for number, one in enumerate(self.residents, start=1) if number not in without]
        return [self.begin(), *kept, self.end()]

    def _named(self) -> dict[str, bytes]:
        return {"source": self.source.encode(), "delivery": self.name.encode()}


def send(kafka: Installation, messages: Sequence[Sent], *, end: str = "") -> None:
    """Sends them; in a transaction where `end` is `commit_transaction` or `abort_transaction`."""
    settings: dict[str, Any] = {"bootstrap.servers": kafka.broker.address, "acks": "all", "linger.ms": 5}
    settings["queue.buffering.max.messages"] = 2_000_000
    client = Producer(settings | ({"transactional.id": f"{kafka.prefix}supplier"} if end else {}))
    if end:
        client.init_transactions(SECONDS)
        client.begin_transaction()
    refused: list[Any] = []
    for each in messages:
        client.produce(
            kafka.prefix + each.topic,
            each.value,
            each.key,
            headers=each.headers,
            on_delivery=lambda error, _: refused.append(error) if error else None,
        )
        client.poll(0)
    left = client.flush(SECONDS + len(messages) / 1_000)
    assert not left, f"{left} messages were not sent in {SECONDS} s"
    assert not refused, refused[:3]
    if end:
        getattr(client, end)(SECONDS)
