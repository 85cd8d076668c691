"""Sends what is due: claims a notice, tries, and writes down what became of it.

A claim is a conditional change of the notice in a short transaction, and nothing is sent inside one. Of a worker that
is killed in between, the attempt stays as it is, unfinished, and the notice is due again when the claim has run out.
"""

import time
from datetime import timedelta
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from config.common.events.addresses import AddressRefused
from config.common.events.kinds import Kind, kind_named
from config.common.events.models import Attempt, Notice, Subscription
from config.common.events.posting import post
from config.common.events.services.fan_out import fan_out
from config.common.events.services.mailing import mail
from config.common.events.services.pauses import next_attempt
from config.common.events.services.settle import Result, settle
from config.common.events.services.signing import body_of, signed_headers

Outcome = Attempt.Outcome
# Longer than an attempt may take: the look-up of a name, the connection, the answer.
CLAIM = timedelta(seconds=60)

logger = structlog.get_logger(__name__)


def send_due(*, seconds: float) -> bool:
    """Makes notices of new events and sends what is due, one after the other; whether something is left after
    `seconds`. Several workers may do it at the same time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = fan_out()
        attempt = claim()
        if attempt is not None:
            _try(attempt)
        elif not found:
            return False
    return True


@transaction.atomic
def claim() -> Attempt | None:
    """Takes the notice that has been due for longest, for as long as an attempt lasts; None where there is none that
    nobody else has. Its attempt is written down before it is made."""
    now = timezone.now()
    due = Notice.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    notice = due.select_related("event", "subscription__user").first()
    if notice is None:
        return None
    notice.attempts_made += 1
    # As if it failed, so that nothing which kills its worker is tried for ever.
    following = next_attempt(since=notice.since, now=now)
    notice.due_at = following and max(following, now + CLAIM)
    notice.status = Notice.Status.WAITING if following else Notice.Status.FAILED
    notice.save(update_fields=["attempts_made", "due_at", "status"])
    return Attempt.objects.create(notice=notice, number=notice.attempts_made, started_at=now)


def _try(attempt: Attempt) -> None:
    try:
        result = _result(attempt.notice)
    except (SoftTimeLimitExceeded, DatabaseError):
        raise
    except Exception:
        # One that cannot be made keeps no other from its turn.
        logger.exception("notice_failed", notice=attempt.notice_id)
        result = Result(Outcome.BROKEN)
    settle(attempt, result)
    logger.info(
        "notice_tried",
        notice=attempt.notice_id,
        attempt=attempt.number,
        outcome=result.outcome.value,
        status=result.status,
    )


def _result(notice: Notice) -> Result:
    kind = kind_named(notice.event.kind)
    if kind is None or not kind.is_for(notice.subscription.user):
        return Result(Outcome.NOT_ALLOWED)
    if notice.subscription.channel == Subscription.Channel.EMAIL:
        return _mailed(notice, kind)
    return _posted(notice, kind)


def _mailed(notice: Notice, kind: Kind) -> Result:
    if not notice.subscription.user.email:
        return Result(Outcome.ADDRESS)
    try:
        mail(notice, kind, _data(notice, kind))
    except OSError:
        return Result(Outcome.MAIL)
    return Result(Outcome.OK)


def _posted(notice: Notice, kind: Kind) -> Result:
    body = body_of(notice, _data(notice, kind))
    headers = signed_headers(notice, body, now=timezone.now())
    try:
        status = post(notice.subscription.url, body.encode(), headers, may_be_private=settings.WEBHOOKS_MAY_BE_PRIVATE)
    except AddressRefused:
        return Result(Outcome.ADDRESS)
    except TimeoutError:
        return Result(Outcome.TIMEOUT)
    except OSError:
        return Result(Outcome.UNREACHABLE)
    return Result(Outcome.OK if 200 <= status < 300 else Outcome.STATUS, status)


def _data(notice: Notice, kind: Kind) -> dict[str, Any]:
    """What is told, with the figures of its reader: read once, so that every attempt says the same."""
    if kind.figures is None:
        return dict(notice.event.data)
    if notice.data is None:
        notice.data = {**notice.event.data, **kind.figures(notice.subscription.user, notice.event.data)}
        notice.save(update_fields=["data"])
    return dict(notice.data)
