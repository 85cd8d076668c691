"""Sends the residents of a file over Kafka, as a supplier does: in transactions, between `begin` and `end`."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from confluent_kafka import KafkaException, Producer
from django.conf import settings

from config.common.kafka.clients import PATIENCE, producer
from config.common.kafka.topics import Topic
from imports.documents.errors import InvalidDocument
from imports.documents.formats import Format, kind_of
from imports.documents.messages import CHECKSUM_MODULUS, Begin, End, checksum_of, written_checksum
from imports.documents.options import TableOptions
from imports.documents.reader import read_document
from imports.documents.stream import Reader
from imports.fields import written
from imports.services.document_rules import rules_on
from imports.services.loading.load_file import peek
from imports.services.loading.unpack_body import unpack_body
from imports.services.naming.resolve_source import check_source

RESIDENTS = Topic("residents")
DELIVERIES = Topic("deliveries")
# Of one transaction. What a supplier takes back was never there, also where the supplier dies.
AT_ONCE = 10_000
_READ_BYTES = 1024 * 1024
# Seconds in which the client makes room.
_ROOM = 1.0


@dataclass(frozen=True, slots=True)
class Produced:
    """What was sent: how many residents, and their checksum as the `end` says it."""

    count: int
    checksum: str


def produce_file(
    *, path: Path, source: str, delivery: str, review: bool = False, on_progress: Callable[[int], None] = lambda _: None
) -> Produced:
    """Sends everybody in the file as the delivery with this name. `on_progress` hears how many were sent.

    Sent once more, by the same name, nobody comes twice. Raises `InvalidInput` and `TooLarge` before anything is sent
    of a file that is not right, and `KafkaException` where Kafka does not take it.
    """
    check_source(source)
    letters = _check(path)
    sending = _Sending(source, delivery)
    return sending.send(_values(path, letters), review=review, on_progress=on_progress)


def _check(path: Path) -> str:
    """The letters of its genders, as its end showed them. Raises `InvalidInput` with every wrong value."""
    format, chunks = _opened(path)
    if format.is_document:
        read_document(b"".join(chunks), max_citizens=settings.IMPORT_MAX_CITIZENS, rules=rules_on())
        return ""
    reader = format.rows(chunks, rules=rules_on(), options=TableOptions())
    for _residents in reader.sound():
        pass
    for _outlines in reader.outlines():
        pass
    if reader.errors.count:
        errors = reader.errors
        raise InvalidDocument(errors.errors, errors.count - len(errors.errors))
    return reader.letters


def _values(path: Path, letters: str) -> Iterator[bytes]:
    format, chunks = _opened(path)
    reader: Reader[Any] = format.rows(chunks, rules=rules_on(), options=TableOptions(letters=letters))
    for residents in reader.sound():
        # By name: of a table they are kept as rows.
        yield from (msgspec.json.encode(written(resident)) for resident in residents)


def _opened(path: Path) -> tuple[Format, Any]:
    head, sent = peek(_chunks(path))
    format, encoding = kind_of(head, name=path.name)
    return format, unpack_body(sent, format=format, encoding=encoding)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            yield chunk


class _Sending:
    def __init__(self, source: str, delivery: str) -> None:
        self._key = delivery.encode()
        self._named = [("source", source.encode()), ("delivery", self._key)]
        # Whoever sends the same delivery, and is not dead after all, is fenced out.
        transactional_id = f"{settings.KAFKA_PREFIX}produce.{source}.{delivery}"
        self._client: Producer = producer(transactional_id=transactional_id)

    def send(self, values: Iterator[bytes], *, review: bool, on_progress: Callable[[int], None]) -> Produced:
        self._client.init_transactions(PATIENCE)
        self._client.begin_transaction()
        try:
            self._control(Begin(review=review))
            produced = self._residents(values, on_progress)
            self._control(End(count=produced.count, checksum=produced.checksum))
            self._client.commit_transaction(PATIENCE)
        except BaseException:
            with suppress(KafkaException):
                self._client.abort_transaction(PATIENCE)
            raise
        return produced

    def _residents(self, values: Iterator[bytes], on_progress: Callable[[int], None]) -> Produced:
        """Leaves a transaction open for the end."""
        count = checksum = 0
        while some := list(islice(values, AT_ONCE)):
            if count:
                self._client.commit_transaction(PATIENCE)
                self._client.begin_transaction()
            for sequence, value in enumerate(some, start=count + 1):
                self._produce(RESIDENTS, value, [*self._named, ("sequence", str(sequence))])
            count += len(some)
            checksum = (checksum + checksum_of(some)) % CHECKSUM_MODULUS
            on_progress(count)
        return Produced(count, written_checksum(checksum))

    def _control(self, said: Begin | End) -> None:
        self._produce(DELIVERIES, msgspec.json.encode(said), self._named)

    def _produce(self, topic: Topic, value: bytes, headers: Any) -> None:
        while True:
            try:
                self._client.produce(topic.full_name, value=value, key=self._key, headers=headers)
            except BufferError:
                # It holds as much as it may: some of it has to leave first.
                self._client.poll(_ROOM)
            else:
                return
