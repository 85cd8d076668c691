"""Workers that send at the same time."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from config.common.events.models import Attempt, Event, Notice, Subscription
from config.common.events.services import send
from config.common.events.services.fan_out import fan_out
from config.common.events.services.record import record
from config.common.events.services.send import send_due
from config.common.events.services.settle import Result, settle
from tests.common.events.receivers import Receiver

pytestmark = pytest.mark.django_db(transaction=True)
KIND = "delivery.complete"
EVENTS = 8
WORKERS = 3


def happen(count: int) -> None:
    for number in range(count):
        record(KIND, f"/imports/{number}", {"import_id": number, "source": "s", "residents": 1, "errors": 0})


def at_once(work: Callable[[], Any]) -> None:
    """Has several workers do it at the same time, each with a connection of its own."""
    together = threading.Barrier(WORKERS)

    def begin() -> None:
        together.wait(10)
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        for done in [pool.submit(begin) for _ in range(WORKERS)]:
            done.result(60)


def sent(receiver: Receiver) -> Counter[str]:
    return Counter(message.headers["webhook-id"] for message in receiver.messages)


def test_each_notice_is_sent_by_one_of_them(webhook: Callable[..., Subscription], receiver: Receiver) -> None:
    webhook(KIND)
    happen(EVENTS)
    at_once(lambda: send_due(seconds=30))
    assert sent(receiver) == {f"evt_{event.pk}": 1 for event in Event.objects.all()}
    assert Attempt.objects.count() == EVENTS
    assert set(Notice.objects.values_list("status", flat=True)) == {"delivered"}


def test_without_the_claim_several_of_them_send_the_same(
    webhook: Callable[..., Subscription], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what the test above would see."""
    webhook(KIND)
    happen(1)
    fan_out()
    together = threading.Barrier(WORKERS)

    def unclaimed() -> Attempt | None:
        notice = Notice.objects.due(timezone.now()).select_related("event", "subscription__user").first()
        if notice is None:
            return None
        # Nobody has written down yet that it is theirs.
        together.wait(10)
        return Attempt(pk=0, notice=notice, number=1)

    monkeypatch.setattr(send, "claim", unclaimed)
    at_once(lambda: send_due(seconds=0.5))
    assert sent(receiver).most_common(1)[0][1] >= WORKERS


def test_a_notice_that_another_worker_holds_is_passed_over_and_not_waited_for(
    webhook: Callable[..., Subscription], receiver: Receiver
) -> None:
    webhook(KIND)
    happen(2)
    fan_out()
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM events_notice ORDER BY due_at, id LIMIT 1 FOR UPDATE")
            (held,) = cursor.fetchone()
        taken = send.claim()
        assert taken is not None
        assert taken.notice_id != held
        assert send.claim() is None
    finally:
        other.rollback()
        other.close()


def test_events_are_looked_at_once_however_many_look(webhook: Callable[..., Subscription]) -> None:
    webhook(KIND)
    happen(EVENTS)
    at_once(fan_out)
    assert Notice.objects.count() == EVENTS
    assert not Event.objects.untold().exists()


def test_what_is_rolled_back_did_not_happen(webhook: Callable[..., Subscription], receiver: Receiver) -> None:
    webhook(KIND)
    with transaction.atomic():
        happen(1)
        transaction.set_rollback(True)
    send_due(seconds=5)
    assert (Event.objects.count(), receiver.messages) == (0, [])


def test_a_worker_that_comes_back_late_changes_nothing(
    webhook: Callable[..., Subscription], receiver: Receiver
) -> None:
    webhook(KIND)
    happen(1)
    fan_out()
    late = send.claim()
    assert late is not None
    Notice.objects.update(due_at=timezone.now())
    send_due(seconds=5)
    settle(late, Result(Attempt.Outcome.TIMEOUT))
    assert Notice.objects.get().status == "delivered"
    assert list(Attempt.objects.order_by("number").values_list("outcome", flat=True)) == ["timeout", "ok"]
