"""The sweeper and what it clears away."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone

from config.common.accounts.models import ApiToken
from config.common.accounts.services.tokens import issue_token
from config.common.background import sweeping
from config.common.background.models import Lease, Turn
from config.common.background.services.clear_expired import clear_expired
from config.common.background.single import single_run
from config.common.background.tasks import sweep_task
from config.common.events.models import Event
from config.common.idempotency.models import IdempotencyKey
from config.common.kafka.models import DeadLetter, SeenMessage


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the sweeps that ran; the first of them fails."""
    ran: list[str] = []

    def fail() -> None:
        ran.append("failing")
        raise ZeroDivisionError

    monkeypatch.setattr(sweeping, "SWEEPS", {"failing": fail, "working": lambda: ran.append("working")})
    return ran


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_fails_keeps_no_other_from_its_turn(swept: list[str]) -> None:
    assert sweeping.sweep_all() == ["failing"]
    assert swept == ["failing", "working"]


@pytest.mark.django_db(transaction=True)
def test_the_message_of_a_second_beat_does_nothing(swept: list[str]) -> None:
    sweep_task.run()
    sweep_task.run()
    assert swept == ["failing", "working"]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_do_not_run_at_the_same_time(swept: list[str]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def sweep_elsewhere() -> None:
        sweep_task.run()
        connection.close()

    with single_run("background.sweep"), ThreadPoolExecutor(1) as pool:
        pool.submit(sweep_elsewhere).result(5)
    assert swept == []


@pytest.mark.django_db
def test_what_has_run_out_goes_and_the_rest_stays() -> None:
    now = timezone.now()
    for name, moment in (("old", now - timedelta(days=2)), ("new", now + timedelta(days=2))):
        Session.objects.create(session_key=name, session_data="", expire_date=moment)
        Lease.objects.create(name=name, fence=1, holder="", expires_at=moment)
        Turn.objects.create(name=name, due_at=moment)
        failed = AccessAttempt.objects.create(username=name, failures_since_start=1)
        AccessAttempt.objects.filter(pk=failed.pk).update(attempt_time=moment)
        signed_in = AccessLog.objects.create(username=name)
        AccessLog.objects.filter(pk=signed_in.pk).update(attempt_time=moment - timedelta(days=29))
        token, _ = issue_token(username=name)
        ApiToken.objects.get_queryset().filter(pk=token.pk).update(expiry=moment, label=name)
        IdempotencyKey.objects.create(name=name, user=token.user, status=201, expires_at=moment)
        Event.objects.create(kind="x", about=name, told_at=now, created_at=moment - timedelta(days=29))
        month_ago = moment - timedelta(days=29)
        SeenMessage.objects.create(topic=name, message_id="1", seen_at=month_ago)
        DeadLetter.objects.create(topic=name, partition=0, offset=0, reason="invalid", created_at=month_ago)
    kinds = ("sessions", "sign_ins", "failed_sign_ins", "tokens", "idempotency_keys", "leases", "turns", "events")
    of_kafka = ("kafka_seen_messages", "kafka_dead_letters")
    assert clear_expired() == dict.fromkeys((*kinds, *of_kafka), 1)
    assert (SeenMessage.objects.get().topic, DeadLetter.objects.get().topic) == ("new", "new")
    assert [model.objects.get().pk for model in (Session, Lease, Turn, IdempotencyKey)] == ["new"] * 4
    assert (ApiToken.objects.get().label, Event.objects.get().about) == ("new", "new")
