"""From the outbox to a receiver: signed, once, tried again, given up."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core import mail
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from config.common.accounts.services.preferences import set_preferences
from config.common.events.models import Attempt, Event, Notice, Subscription
from config.common.events.services import send
from config.common.events.services.record import record
from config.common.events.services.send import send_due
from config.common.events.services.signing import BOTH_FOR
from config.common.events.services.subscriptions import change_webhook, rotate_secret
from config.common.events.tasks import old_events
from tests.common.events.receivers import Message, Receiver, status

pytestmark = pytest.mark.django_db
COMPLETE = "delivery.complete"
DATA = {"import_id": 17, "source": "consulates", "residents": 1234, "errors": 0}
Subscribe = Callable[..., Subscription]


def happen(kind: str = COMPLETE) -> Event:
    return record(kind, "/imports/17", DATA)


def run() -> None:
    assert send_due(seconds=20) is False


def verified(message: Message, secret: str) -> Any:
    """What the library's own verification makes of it."""
    return Webhook(secret).verify(message.body, dict(message.headers))


def outcomes() -> list[tuple[str, int | None]]:
    return list(Attempt.objects.order_by("id").values_list("outcome", "status_code"))


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


def test_a_mail_is_in_the_language_of_its_receiver_and_leads_to_the_delivery(by_mail: Callable[..., User]) -> None:
    user = by_mail(COMPLETE)
    set_preferences(user=user, language="es", time_zone="America/Bogota")
    happen()
    run()
    (message,) = mail.outbox
    assert message.to == ["viewers@example.com"]
    assert "https://demanda.example/admin/imports/import/17/change/" in message.body
    # Grouped as the language does it.
    assert "1\xa0234" in message.body
    assert "consulates" in message.subject
    assert message.extra_headers["Message-ID"].endswith("@demanda.example>")


def test_a_mail_server_that_is_away_is_tried_again(
    by_mail: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_mail(COMPLETE)

    def away(*_: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(send, "mail", away)
        happen()
        run()
    assert outcomes() == [("mail", None)]
    Notice.objects.update(due_at=timezone.now())
    run()
    assert (len(mail.outbox), outcomes()[-1]) == (1, ("ok", None))


def test_without_an_address_nothing_is_mailed(by_mail: Callable[..., User]) -> None:
    user = by_mail(COMPLETE)
    User.objects.filter(pk=user.pk).update(email="")
    happen()
    run()
    assert (mail.outbox, outcomes()) == ([], [("address", None)])


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


def test_superusers_without_a_role_are_told_too(superuser: User, receiver: Receiver) -> None:
    Subscription.objects.create(
        user=superuser, channel="webhook", url=receiver.url, secret="whsec_AAAA", events=[COMPLETE], site=""
    )
    assert not Group.objects.filter(user=superuser).exists()
    happen()
    run()
    assert len(receiver.messages) == 1
