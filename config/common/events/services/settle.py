"""Writes down what became of an attempt, says when the next one is, and disables what fails for too long."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import structlog
from django.db import transaction
from django.utils import timezone

from config.common.events.kinds import kind_named
from config.common.events.models import Attempt, Event, Notice, Subscription
from config.common.events.services.pauses import next_attempt

DISABLED = "webhook.disabled"
Outcome = Attempt.Outcome
Status = Notice.Status
# Nobody was there: what waits for the same subscription would not be taken either.
_NOBODY = frozenset({Outcome.UNREACHABLE, Outcome.TIMEOUT})
_FINAL = frozenset({Outcome.NOT_ALLOWED})

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt ended; `status` of whoever answered."""

    outcome: Attempt.Outcome
    status: int | None = None


@transaction.atomic
def settle(attempt: Attempt, result: Result) -> None:
    """Writes it down. What a worker finds out after its claim ran out changes the notice only where it was taken."""
    now = timezone.now()
    Attempt.objects.filter(pk=attempt.pk).update(finished_at=now, outcome=result.outcome, status_code=result.status)
    # First the subscription, as whoever disables it or sends again does.
    held = Subscription.objects.select_for_update().filter(pk=attempt.notice.subscription_id).first()
    notice = Notice.objects.select_for_update().filter(pk=attempt.notice_id).first()
    if held is None or notice is None:
        return
    if result.outcome == Outcome.OK:
        _taken(notice, held)
    elif notice.attempts_made == attempt.number:
        _refused(notice, held, result, now)


def _taken(notice: Notice, held: Subscription) -> None:
    Notice.objects.filter(pk=notice.pk).update(status=Status.DELIVERED, due_at=None)
    Subscription.objects.filter(pk=held.pk).update(failing_since=None)
    # What was only put off because nobody was there need wait no longer.
    waiting = Notice.objects.filter(subscription=held, status=Status.WAITING, attempts_made=0)
    waiting.update(due_at=timezone.now())


def _refused(notice: Notice, held: Subscription, result: Result, now: datetime) -> None:
    # Whoever switched it off meanwhile wants nothing more.
    is_over = result.outcome in _FINAL or not held.is_active
    due_at = None if is_over else next_attempt(since=notice.since, now=now)
    ends = due_at is None
    Notice.objects.filter(pk=notice.pk).update(due_at=due_at, status=Status.FAILED if ends else Status.WAITING)
    if held.channel == Subscription.Channel.EMAIL or is_over:
        return
    Subscription.objects.filter(pk=held.pk, failing_since=None).update(failing_since=now)
    if result.status == HTTPStatus.GONE or (ends and not _took_any(held, notice.since)):
        disable(held, now)
    elif due_at is not None and result.outcome in _NOBODY:
        put_off = Notice.objects.filter(subscription=held, status=Status.WAITING, due_at__lt=due_at)
        put_off.update(due_at=due_at)


def _took_any(held: Subscription, since: datetime) -> bool:
    taken = Attempt.objects.filter(notice__subscription=held, outcome=Outcome.OK)
    return taken.filter(started_at__gte=since).exists()


def disable(held: Subscription, now: datetime) -> None:
    """Switches it off, ends what waits for it, and has its owner told by mail. Call it in a transaction."""
    if not Subscription.objects.filter(pk=held.pk, is_active=True).update(is_active=False, disabled_at=now):
        return
    end_waiting(held)
    logger.warning("webhook_disabled", subscription=held.pk)
    kind = kind_named(DISABLED)
    event = Event.objects.create(
        kind=DISABLED, about=f"/webhooks/{held.pk}", data={"webhook_id": held.pk, "host": str(held)}, told_at=now
    )
    if kind is not None:
        owner, _ = Subscription.objects.get_or_create(
            user=held.user, channel=Subscription.Channel.EMAIL, defaults={"site": held.site}
        )
        Notice.objects.create(event=event, subscription=owner)


def end_waiting(held: Subscription) -> None:
    """Ends what waits to be sent to a subscription that is switched off; "send again" takes it up."""
    Notice.objects.filter(subscription=held, status=Status.WAITING).update(status=Status.FAILED, due_at=None)
