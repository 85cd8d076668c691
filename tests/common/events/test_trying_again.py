"""What is not taken is tried again for three days, and then given up."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from config.common.events.models import Attempt, Notice, Subscription
from config.common.events.services.send import send_due
from config.common.events.services.subscriptions import change_webhook
from tests.common.events.outbox import COMPLETE, Subscribe, happen, outcomes, run, verified
from tests.common.events.receivers import Receiver, status

pytestmark = pytest.mark.django_db


def test_what_is_refused_is_tried_again_with_the_same_message(webhook: Subscribe, receiver: Receiver) -> None:
    hook = webhook(COMPLETE)
    receiver.answer = status(500)
    happen()
    run()
    notice = Notice.objects.get()
    assert (notice.status, Subscription.objects.get().failing_since is not None) == ("waiting", True)
    assert notice.due_at is not None
    receiver.answer = status(200)
    with time_machine.travel(notice.due_at + timedelta(seconds=1), tick=True):
        run()
        first, second = receiver.messages
        assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
        assert verified(second, hook.secret)
    assert outcomes() == [("status", 500), ("ok", 200)]
    assert Subscription.objects.get().failing_since is None


def through_three_days() -> int:
    """Sends whatever is due, whenever it is: how many attempts of the first notice were made."""
    now = timezone.now()
    send_due(seconds=20)
    while (due := Notice.objects.exclude(due_at=None).order_by("due_at").first()) is not None:
        assert due.due_at is not None
        now = max(now, due.due_at) + timedelta(milliseconds=1)
        with time_machine.travel(now, tick=False):
            send_due(seconds=20)
    return Attempt.objects.filter(notice__event__kind=COMPLETE).count()


def test_a_webhook_that_takes_nothing_for_three_days_is_disabled_and_its_owner_told(
    webhook: Subscribe, receiver: Receiver
) -> None:
    hook = webhook(COMPLETE)
    receiver.answer = status(500)
    happen()
    assert 13 <= through_three_days() <= 16
    hook.refresh_from_db()
    assert (hook.is_active, hook.disabled_at is not None) == (False, True)
    (told,) = mail.outbox
    assert told.to == ["viewers@example.com"]
    assert "127.0.0.1" in told.body
    sent = len(receiver.messages)
    happen()
    assert send_due(seconds=20) is False
    assert len(receiver.messages) == sent
    again = change_webhook(pk=hook.pk, values={"is_active": True}, actor=hook.user)
    assert (again.disabled_at, again.failing_since) == (None, None)


def test_one_that_takes_other_events_meanwhile_is_not_disabled(webhook: Subscribe, receiver: Receiver) -> None:
    hook = webhook(COMPLETE, "delivery.failed")
    happen()
    receiver.answer = status(400)
    send_due(seconds=20)
    receiver.answer = status(200)
    happen("delivery.failed")
    send_due(seconds=20)
    receiver.answer = status(400)
    through_three_days()
    hook.refresh_from_db()
    assert hook.is_active
    assert sorted(Notice.objects.values_list("status", flat=True)) == ["delivered", "failed"]


def test_a_receiver_that_says_it_is_gone_is_not_asked_again(webhook: Subscribe, receiver: Receiver) -> None:
    hook = webhook(COMPLETE)
    receiver.answer = status(410)
    happen()
    happen()
    run()
    hook.refresh_from_db()
    assert (len(receiver.messages), hook.is_active) == (1, False)
    waiting = Notice.objects.filter(subscription=hook, status="waiting")
    assert not waiting.exists()


def test_where_nobody_answers_what_waits_is_put_off_and_comes_with_the_first_that_is_taken(
    webhook: Subscribe, receiver: Receiver
) -> None:
    hook = webhook(COMPLETE)
    receiver.answer = lambda handler: handler.connection.close()
    for _ in range(3):
        happen()
    run()
    # One of them found out for all.
    assert len(receiver.messages) == 1
    receiver.answer = status(200)
    due = Notice.objects.order_by("due_at").first()
    assert due is not None
    assert due.due_at is not None
    with time_machine.travel(due.due_at + timedelta(seconds=1), tick=True):
        run()
    assert set(Notice.objects.filter(subscription=hook).values_list("status", flat=True)) == {"delivered"}
    assert len(receiver.messages) == 4
