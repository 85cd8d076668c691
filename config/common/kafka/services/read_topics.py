"""Reads topics: each batch is stored in one transaction with the position behind it, so that it counts once.

A process that is killed leaves the whole batch or nothing. Whoever takes a partition raises its fence; one who was
overtaken, by a rebalance or because it was frozen, writes nothing and joins anew.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import confluent_kafka
import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from django.db import Error, InterfaceError, OperationalError, connection, transaction

from config.common.background.alive import touch
from config.common.kafka.clients import PATIENCE, consumer, producer
from config.common.kafka.handlers import handlers
from config.common.kafka.messages import Handler, Message, Outcome, Reason
from config.common.kafka.metrics import MESSAGES, POSITION_LOST
from config.common.kafka.services.dead_letters import keep_letters, send_letters
from config.common.kafka.services.positions import Fenced, Taken, advance, hold, note_end, skip_lost, take
from config.common.kafka.topics import bare
from config.common.problems import NoSpace, Unavailable

GROUP = "consume"
# A batch is as many messages, or as many bytes, or what came in so many seconds.
BATCH_MESSAGES = 5_000
BATCH_BYTES = 8 * 1024 * 1024
BATCH_SECONDS = 0.5
# As many are taken from the client at once: what one call gives may be beyond the bytes.
_AT_ONCE = 1_000
_REPORT_SECONDS = 5.0
_PAUSE_SECONDS = 2.0
# Not a matter of a message, but of what all need.
_NOT_NOW = (OperationalError, InterfaceError, NoSpace, Unavailable)
_CLIENT = {
    # The end of a partition is told, so that a position behind the marks of transactions is known too.
    "enable_partition_eof": True,
    # What waits in the client beside the batch, in KiB of a partition.
    "queued_max_messages_kbytes": 16 * 1024,
    "fetch_message_max_bytes": 2 * 1024 * 1024,
    "topic_metadata_refresh_interval_ms": 30_000,
}

logger = structlog.get_logger(__name__)


def read_topics(*, is_stopped: Callable[[], bool]) -> None:
    """Reads until `is_stopped`, asked between two batches; what goes wrong is tried again from where it was left."""
    while not is_stopped():
        touch()
        membership = Membership(handlers())
        try:
            membership.run(is_stopped)
        except Fenced as fenced:
            logger.warning("kafka_fenced", position=str(fenced))
        except (KafkaException, TimeoutError, Error, NoSpace, Unavailable) as error:
            logger.warning("kafka_not_read", reason=type(error).__name__, exc_info=error)
            time.sleep(_PAUSE_SECONDS)
        finally:
            membership.leave()
            connection.close()


class Membership:
    """This process among those that share the topics of the `handlers`, from joining to leaving."""

    def __init__(self, taking: Mapping[str, Handler]) -> None:
        self._handlers = taking
        self._client: Consumer = consumer(GROUP, **_CLIENT)
        self._sender: Producer = producer()
        self._taken: dict[tuple[str, int], Taken] = {}
        # Where partitions were read to their end, behind the marks of transactions.
        self._read_to: dict[tuple[str, int], int] = {}
        self._reported_at, self._has_ended = 0.0, False

    def run(self, is_stopped: Callable[[], bool]) -> None:
        """Reads until it is stopped. Raises `Fenced`, what the database raises, and what Kafka does."""
        self._client.subscribe(list(self._handlers), on_assign=self._assign, on_revoke=self._drop, on_lost=self._drop)
        while not is_stopped():
            touch()
            for place, messages in self._next_batch().items():
                self._store(place, messages)
            self._send_letters()
            self._report()

    def leave(self) -> None:
        """Gives the partitions to the others."""
        self._taken.clear()
        self._client.close()

    def _assign(self, client: Consumer, partitions: list[TopicPartition]) -> None:
        for one in partitions:
            taken, next_offset = take(one.topic, one.partition)
            one.offset = self._beginning(taken, next_offset)
            self._taken[one.topic, one.partition] = taken
        client.assign(partitions)
        logger.info("kafka_assigned", partitions=len(partitions))

    def _beginning(self, taken: Taken, next_offset: int | None) -> int:
        """The offset to begin at: where it was left, as far as that is there."""
        place = TopicPartition(taken.topic, taken.partition)
        low, high = self._client.get_watermark_offsets(place, timeout=PATIENCE)
        if next_offset is None:
            return low
        if low <= next_offset <= high:
            return next_offset
        # Loudly: what was there may be nowhere any more.
        skip_lost(taken, next_offset=low)
        POSITION_LOST.inc()
        logger.error(
            "kafka_position_lost",
            topic=taken.topic, partition=taken.partition, position=next_offset, first=low, end=high,
        )  # fmt: skip
        return low

    def _drop(self, _client: Consumer, partitions: list[TopicPartition]) -> None:
        for one in partitions:
            self._taken.pop((one.topic, one.partition), None)
            self._read_to.pop((one.topic, one.partition), None)

    def _next_batch(self) -> dict[tuple[str, int], list[Message]]:
        """What comes next, by topic and partition."""
        batch, size, count = defaultdict[tuple[str, int], list[Message]](list), 0, 0
        deadline = time.monotonic() + BATCH_SECONDS
        while size < BATCH_BYTES and count < BATCH_MESSAGES:
            found = self._client.consume(num_messages=_AT_ONCE, timeout=max(0.0, deadline - time.monotonic()))
            for one in found:
                if one.error() is not None:
                    self._hear(one)
                    continue
                message = _read(one)
                batch[message.topic, message.partition].append(message)
                size += len(message.value or b"")
            count += len(found)
            if time.monotonic() >= deadline:
                break
        return batch

    def _hear(self, told: confluent_kafka.Message) -> None:
        """What is no message: the end of a partition, or an error."""
        error = told.error()
        code = error.code() if error else None
        if code == KafkaError._PARTITION_EOF:
            self._read_to[told.topic() or "", told.partition() or 0] = told.offset() or 0
            self._has_ended = True
        elif code == KafkaError.UNKNOWN_TOPIC_OR_PART:
            logger.warning("kafka_no_topic", topic=told.topic())
        else:
            # A position whose messages are gone meanwhile too: who joins anew looks at it.
            raise KafkaException(error)

    def _store(self, place: tuple[str, int], messages: list[Message]) -> None:
        taken = self._taken.get(place)
        if taken is None:
            # Somebody else's by now, who reads them.
            return
        with transaction.atomic():
            next_offset = hold(taken)
            fresh = [message for message in messages if message.offset >= next_offset]
            outcome = handle(self._handlers[taken.topic], fresh)
            keep_letters(outcome.refusals)
            advance(taken, next_offset=max(next_offset, messages[-1].offset + 1), outcome=outcome)
        _count(taken.topic, outcome)

    def _send_letters(self) -> None:
        """They are in the table: whether their topic takes them now is no reason to stop reading."""
        try:
            send_letters(self._sender)
        except (KafkaException, TimeoutError) as error:
            logger.warning("kafka_dead_letters_not_sent", reason=type(error).__name__)

    def _report(self) -> None:
        """Writes down, every few seconds and at the end of a partition, how far each goes, and that this lives."""
        if not self._has_ended and time.monotonic() < self._reported_at + _REPORT_SECONDS:
            return
        self._reported_at, self._has_ended = time.monotonic(), False
        for place, taken in self._taken.items():
            _low, high = self._client.get_watermark_offsets(TopicPartition(*place), cached=True)
            note_end(taken, end_offset=high, read_to=self._read_to.get(place, 0))


def _count(topic: str, outcome: Outcome) -> None:
    numbers = {"stored": outcome.stored, "repeated": outcome.repeated, "ignored": outcome.ignored}
    for name, number in (numbers | {"refused": len(outcome.refusals)}).items():
        MESSAGES.labels(bare(topic), name).inc(number)


def _read(one: confluent_kafka.Message) -> Message:
    key, value = one.key(), one.value()
    headers = one.headers() or ()
    return Message(one.topic() or "", one.partition() or 0, one.offset() or 0, key, value, headers)  # type: ignore[arg-type]


def handle(handler: Handler, messages: Sequence[Message]) -> Outcome:
    """What becomes of them. One that nobody can work on becomes a dead letter, so that it does not stop the others."""
    if not messages:
        return Outcome()
    try:
        with transaction.atomic():
            return handler(messages)
    except _NOT_NOW:
        raise
    except Exception:
        if len(messages) > 1:
            half = len(messages) // 2
            return _both(handle(handler, messages[:half]), handle(handler, messages[half:]))
        logger.exception("kafka_message_failed", topic=messages[0].topic, offset=messages[0].offset)
        failed = Outcome()
        failed.refuse(messages, Reason.FAILED)
        return failed


def _both(one: Outcome, other: Outcome) -> Outcome:
    return Outcome(
        one.stored + other.stored,
        one.repeated + other.repeated,
        one.ignored + other.ignored,
        [*one.refusals, *other.refusals],
    )
