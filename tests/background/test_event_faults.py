"""Real workers that send what happened: retried, killed on the way, and nothing that was written down is lost."""

import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from threading import Event as Signal

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook

from config.common.accounts.services.tokens import issue_token
from config.common.background.sweeping import sweep_all
from config.common.events.models import Attempt, Notice, Subscription
from config.common.events.services.record import record
from config.common.events.services.send import CLAIM
from config.common.events.services.subscriptions import create_webhook
from tests.background.workers import kill, start_worker, until
from tests.common.events.receivers import Receiver, receiving, status

pytestmark = pytest.mark.django_db(transaction=True)
KIND = "delivery.complete"


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """One on this machine."""
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    with receiving() as running:
        yield running


@pytest.fixture
def hook(receiver: Receiver) -> Subscription:
    """A webhook to it."""
    issue_token(username="viewers", role="Viewers")
    actor = User.objects.get(username="viewers")
    return create_webhook(url=receiver.url, events=[KIND], site="https://demanda.example", actor=actor)


def happen() -> None:
    with transaction.atomic():
        record(KIND, "/imports/1", {"import_id": 1, "source": "s", "residents": 1, "errors": 0})


def test_a_worker_sends_at_once_and_again_after_a_refusal(hook: Subscription, receiver: Receiver) -> None:
    receiver.answer = status(500)
    with start_worker(WEBHOOKS_MAY_BE_PRIVATE="true"):
        happen()
        until(lambda: Attempt.objects.filter(outcome="status").exists())
        receiver.answer = status(200)
        # After five seconds, found by the sweep.
        until(lambda: Notice.objects.filter(due_at__lte=timezone.now()).exists())
        sweep_all()
        until(lambda: Notice.objects.filter(status="delivered").exists())
    first, second = receiver.messages
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert Webhook(hook.secret).verify(second.body, dict(second.headers))["data"]["import_id"] == 1


def test_what_a_killed_worker_had_in_hand_is_sent_by_another(hook: Subscription, receiver: Receiver) -> None:
    arrived, is_over = Signal(), Signal()

    def keep_waiting(handler: BaseHTTPRequestHandler) -> None:
        arrived.set()
        is_over.wait(30)

    receiver.answer = keep_waiting
    with start_worker(WEBHOOKS_MAY_BE_PRIVATE="true") as process:
        happen()
        assert arrived.wait(40)
        kill(process)
    is_over.set()
    notice = Notice.objects.get()
    # The attempt was written down before it was made, and nobody sends it while it may be under way.
    assert (notice.status, Attempt.objects.get().outcome, Attempt.objects.get().finished_at) == (
        "waiting", "unknown", None,
    )  # fmt: skip
    assert notice.due_at is not None
    assert notice.due_at > timezone.now() + CLAIM / 2
    receiver.answer = status(200)
    Notice.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    with start_worker(WEBHOOKS_MAY_BE_PRIVATE="true"):
        sweep_all()
        until(lambda: Notice.objects.filter(status="delivered").exists())
    assert list(Attempt.objects.order_by("number").values_list("outcome", flat=True)) == ["unknown", "ok"]


def test_what_happened_while_redis_was_away_is_found_by_the_sweep(
    hook: Subscription, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("config.common.background.publishing._publisher.send", lambda *_: False)
        happen()
    with start_worker(WEBHOOKS_MAY_BE_PRIVATE="true"):
        time.sleep(0.2)
        assert receiver.messages == []
        sweep_all()
        until(lambda: Notice.objects.filter(status="delivered").exists())
    assert len(receiver.messages) == 1
