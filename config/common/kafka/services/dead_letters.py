"""Messages that were not taken: kept, sent to their topic, put back, forgotten."""

from base64 import b64decode, b64encode
from collections.abc import Sequence

import structlog
from confluent_kafka import KafkaError, KafkaException, Producer
from django.contrib.auth.models import User
from django.utils import timezone

from config.common.changes.services.record import Action, record_change
from config.common.kafka.clients import PATIENCE, is_on, producer
from config.common.kafka.messages import Refusal
from config.common.kafka.models import DeadLetter
from config.common.kafka.topics import DEAD_LETTERS
from config.common.problems import Conflict, Forbidden, NotFound, Unavailable
from config.common.texts import gettext as _

MAY_PUT_BACK = "kafka.change_deadletter"
_MAX_DETAIL = 500
_AT_ONCE = 500
# Each may have a mebibyte.
_SENT_AT_ONCE = 50
# With its headers a message that was just small enough for its own topic is too large for another.
_MOST_SENT = 900_000
_Headers = list[tuple[str, str | bytes | None]]

logger = structlog.get_logger(__name__)


def keep_letters(refusals: Sequence[Refusal]) -> None:
    """Writes them down in the caller's transaction, each once, however often it comes."""
    rows = [_letter(refusal) for refusal in refusals]
    DeadLetter.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_AT_ONCE)


def _letter(refusal: Refusal) -> DeadLetter:
    message = refusal.message
    return DeadLetter(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        reason=refusal.reason.value,
        detail=refusal.detail[:_MAX_DETAIL],
        key=message.key,
        value=message.value,
        headers=[[name, None if raw is None else b64encode(raw).decode()] for name, raw in message.headers],
        size=len(message.value or b""),
    )


def send_letters(sender: Producer) -> int:
    """Sends those to their topic that are not there yet, the oldest first, and says how many.

    A kill between the sending and its being written down sends one again: its header `id` stays the same. Raises
    `KafkaException` or `TimeoutError` where Kafka does not take them; they stay for the next time. Of what is larger
    than 900 kB the value stays in the table alone.
    """
    waiting = list(DeadLetter.objects.unsent()[:_SENT_AT_ONCE])
    for letter in waiting:
        letter.value = letter.value if letter.size <= _MOST_SENT else None
    if waiting:
        _send(sender, [(DEAD_LETTERS.full_name, letter, _origin(letter)) for letter in waiting])
        DeadLetter.objects.filter(pk__in=[letter.pk for letter in waiting]).update(sent_at=timezone.now())
    return len(waiting)


def _origin(letter: DeadLetter) -> _Headers:
    """Where it came from and why it is here: nothing personal, nothing that a sender wrote."""
    return [
        ("id", str(letter.pk)),
        ("reason", letter.reason),
        ("detail", letter.detail),
        ("topic", letter.topic),
        ("partition", str(letter.partition)),
        ("offset", str(letter.offset)),
    ]


def put_back(*, letter_id: int, actor: User) -> DeadLetter:
    """Sends the message to its topic once more, as it came, and writes down who did.

    Who does it at the same moment sends it twice, which changes nothing. Raises `Forbidden`, `NotFound`, `Conflict`
    where it was put back already, and `Unavailable` while Kafka does not take it.
    """
    if not actor.has_perm(MAY_PUT_BACK):
        raise Forbidden(_("Only who may change dead letters may put one back."))
    letter = DeadLetter.objects.filter(pk=letter_id).first()
    if letter is None:
        raise NotFound(_("There is no such dead letter."))
    if letter.put_back_at is not None:
        raise Conflict(_("It was put back already."))
    if not is_on():
        raise Unavailable(_("There is no Kafka here."))
    try:
        _send(producer(), [(letter.topic, letter, _headers(letter))])
    except (KafkaException, TimeoutError) as error:
        raise Unavailable(_("Kafka does not take it now.")) from error
    letter.put_back_at, letter.put_back_by = timezone.now(), actor
    letter.save(update_fields=["put_back_at", "put_back_by"])
    record_change(letter, Action.QUEUED, actor=actor)
    return letter


def _headers(letter: DeadLetter) -> _Headers:
    return [(name, None if text is None else b64decode(text)) for name, text in letter.headers]


def forget_letters(topic: str, *, key: str, **headers: str) -> int:
    """Removes, for good, those of a topic that have this key and these headers. How many there were."""
    found = DeadLetter.objects.of_key(topic, key)
    for name, text in headers.items():
        found = found.filter(headers__contains=[[name, b64encode(text.encode()).decode()]])
    return found.delete()[0]


def _send(sender: Producer, letters: Sequence[tuple[str, DeadLetter, _Headers]]) -> None:
    failed: list[KafkaError] = []

    def note(error: KafkaError | None, _message: object) -> None:
        if error is not None:
            failed.append(error)

    for topic, letter, headers in letters:
        key, value = (None if raw is None else bytes(raw) for raw in (letter.key, letter.value))
        sender.produce(topic, value=value, key=key, headers=headers, on_delivery=note)
    if sender.flush(PATIENCE):
        sender.purge()
        raise TimeoutError("Kafka does not answer.")
    if failed:
        raise KafkaException(failed[0])
