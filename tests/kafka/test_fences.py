"""Who was overtaken in reading a partition writes nothing, whatever it was doing."""

import time
from contextlib import nullcontext
from unittest.mock import Mock

import pytest
from django.db import OperationalError, connection, transaction

from config.common.kafka.handlers import handlers
from config.common.kafka.messages import Message, Outcome
from config.common.kafka.services import positions
from config.common.kafka.services import read_topics as service
from config.common.kafka.services.positions import Fenced, advance, hold, take
from tests.factories import alike
from tests.kafka.installation import Installation
from tests.kafka.reading import PATIENCE, stored
from tests.kafka.supplier import Delivery, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reader_who_was_overtaken_writes_nothing(transactional_db: None) -> None:
    first, _ = take("residents", 0)
    second, _ = take("residents", 0)

    with pytest.raises(Fenced), transaction.atomic():
        hold(first)
    with transaction.atomic():
        hold(second)
        advance(second, next_offset=7, outcome=Outcome())

    assert take("residents", 0)[1] == 7


@pytest.mark.parametrize("is_ended", [True, False])
def test_one_who_froze_in_the_middle_of_a_copy_is_ended(
    is_ended: bool, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lock would keep everybody from taking over, as the negative control shows."""
    taken, _ = take("residents", 0)
    # What it holds, until it is ended.
    frozen = connection.copy()
    with frozen.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(positions._NAME_SESSION, [positions._session_name("residents", 0)])
        cursor.execute(positions._HOLD, ["residents", 0, taken.fence])
    if not is_ended:
        monkeypatch.setattr(positions, "_END_PREDECESSOR", "SELECT %s")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            with nullcontext() if is_ended else pytest.raises(OperationalError, match="lock timeout"):
                assert take("residents", 0)[0].fence == taken.fence + 1
    finally:
        frozen.close()


@pytest.mark.parametrize("is_fenced", [True, False])
def test_the_fence_alone_keeps_one_who_was_overtaken_from_writing(
    is_fenced: bool, kafka: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it, the negative control, what was read before the others took over is written."""
    send(kafka, Delivery(alike(10)).whole())
    overtaken = service.Membership(handlers())
    original = overtaken._next_batch

    def batch_of_one_who_froze() -> dict[tuple[str, int], list[Message]]:
        found = original()
        for topic, partition in found:
            take(topic, partition)
        return found

    monkeypatch.setattr(overtaken, "_next_batch", batch_of_one_who_froze)
    if not is_fenced:
        monkeypatch.setattr(service, "hold", Mock(return_value=0))
    deadline = time.monotonic() + PATIENCE
    try:
        with pytest.raises(Fenced):
            overtaken.run(lambda: time.monotonic() > deadline)
    finally:
        overtaken.leave()

    assert (stored() > 0) is not is_fenced
