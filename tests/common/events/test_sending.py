"""From the outbox to a receiver: signed, once, to whoever may be told."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from config.common.events.models import Event, Notice, Subscription
from config.common.events.services import send
from config.common.events.services.record import record
from config.common.events.services.signing import BOTH_FOR
from config.common.events.services.subscriptions import rotate_secret
from config.common.events.tasks import old_events
from tests.common.events.outbox import COMPLETE, DATA, Subscribe, happen, outcomes, run, verified
from tests.common.events.receivers import Receiver, status

pytestmark = pytest.mark.django_db


def test_an_event_arrives_signed_and_once(webhook: Subscribe, receiver: Receiver) -> None:
    hook = webhook(COMPLETE)
    event = happen()
    run()
    run()
    (message,) = receiver.messages
    body = verified(message, hook.secret)
    at = event.created_at.isoformat().replace("+00:00", "Z")
    assert body == {"type": COMPLETE, "timestamp": at, "data": {"about": "/imports/17", **DATA}}
    assert message.headers["webhook-id"] == f"evt_{event.pk}"
    with pytest.raises(WebhookVerificationError):
        Webhook(hook.secret).verify(message.body.replace("17", "18"), dict(message.headers))
    assert outcomes() == [("ok", 204)]
    assert Notice.objects.get().status == "delivered"


def test_only_those_who_asked_and_may_see_it_are_told(
    webhook: Subscribe, receiver: Receiver, person: Callable[[str], User]
) -> None:
    webhook(COMPLETE)
    webhook("delivery.failed", role="Editors")
    gone = webhook(COMPLETE, role="Importers")
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    demoted = webhook(COMPLETE, role="Managers")
    person("Managers").groups.clear()
    happen()
    run()
    assert len(receiver.messages) == 1
    assert {gone.pk, demoted.pk}.isdisjoint(Notice.objects.values_list("subscription", flat=True))


def test_a_role_that_is_lost_on_the_way_is_asked_again_when_it_is_sent(
    webhook: Subscribe, receiver: Receiver, person: Callable[[str], User]
) -> None:
    webhook(COMPLETE)
    receiver.answer = status(500)
    happen()
    run()
    person("Viewers").groups.clear()
    receiver.answer = status(204)
    Notice.objects.update(due_at=timezone.now())
    run()
    assert (len(receiver.messages), outcomes()) == (1, [("status", 500), ("not_allowed", None)])
    assert Notice.objects.get().status == "failed"
    assert Subscription.objects.get().is_active


def test_for_a_day_both_secrets_sign_and_then_the_new_one_alone(webhook: Subscribe, receiver: Receiver) -> None:
    hook = webhook(COMPLETE)
    former = hook.secret
    secret = rotate_secret(pk=hook.pk, actor=hook.user).secret
    assert secret != former
    happen()
    run()
    assert verified(receiver.messages[0], former) == verified(receiver.messages[0], secret)
    with time_machine.travel(timezone.now() + BOTH_FOR + timedelta(seconds=1), tick=True):
        happen()
        run()
        assert verified(receiver.messages[1], secret)
        with pytest.raises(WebhookVerificationError):
            verified(receiver.messages[1], former)


def test_a_private_address_is_never_asked_unless_the_setting_allows_it(
    webhook: Subscribe, receiver: Receiver, settings: Settings
) -> None:
    webhook(COMPLETE)
    settings.WEBHOOKS_MAY_BE_PRIVATE = False
    happen()
    run()
    assert (receiver.messages, outcomes()) == ([], [("address", None)])
    assert Notice.objects.get().status == "waiting"


def test_a_notice_that_cannot_be_made_keeps_no_other_from_its_turn(
    webhook: Subscribe, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook(COMPLETE)
    webhook(COMPLETE, role="Editors")
    calls: list[str] = []

    def broken_once(*given: Any) -> str:
        calls.append("")
        if len(calls) == 1:
            raise KeyError
        return json.dumps({})

    monkeypatch.setattr(send, "body_of", broken_once)
    happen()
    run()
    assert sorted(outcome for outcome, _ in outcomes()) == ["broken", "ok"]


def test_an_event_says_what_its_kind_declares_and_nothing_else() -> None:
    for wrong in ({**DATA, "name": "Anna"}, {"import_id": 1}, {}):
        with pytest.raises(ValueError, match="declares"):
            record(COMPLETE, "/imports/1", wrong)
    with pytest.raises(ValueError, match="declares"):
        record("delivery.lost", "/imports/1", DATA)


def test_what_is_old_is_cleared_away_and_what_waits_is_not(webhook: Subscribe, receiver: Receiver) -> None:
    webhook(COMPLETE)
    happen()
    run()
    waits = happen()
    Event.objects.update(created_at=timezone.now() - timedelta(days=40))
    # Not even looked at.
    assert [event.pk for event in old_events(timezone.now())] == [waits.pk - 1]
    receiver.answer = status(500)
    run()
    assert [event.pk for event in old_events(timezone.now())] == [waits.pk - 1]


def test_where_there_is_a_kafka_old_events_stay_until_they_have_left(settings: Settings) -> None:
    left, last, waits = happen(), happen(), happen()
    people_alone = Event.objects.create(kind="digest.weekly", about="/", data={})
    for event, batch in ((left, 1), (last, 2)):
        Event.objects.filter(pk=event.pk).update(batch=batch)
    Event.objects.update(created_at=timezone.now() - timedelta(days=40), told_at=timezone.now())
    old = old_events(timezone.now()).order_by("pk")
    assert [event.pk for event in old] == [left.pk, last.pk, waits.pk, people_alone.pk]

    settings.KAFKA_BOOTSTRAP_SERVERS = "127.0.0.1:1"

    # Of the last batch it may not be known whether it arrived.
    assert [event.pk for event in old_events(timezone.now()).order_by("pk")] == [left.pk, people_alone.pk]


def test_superusers_without_a_role_are_told_too(superuser: User, receiver: Receiver) -> None:
    Subscription.objects.create(
        user=superuser, channel="webhook", url=receiver.url, secret="whsec_AAAA", events=[COMPLETE], site=""
    )
    assert not Group.objects.filter(user=superuser).exists()
    happen()
    run()
    assert len(receiver.messages) == 1
