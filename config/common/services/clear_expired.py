"""Removes what has run out: sessions, sign-ins, tokens, idempotency keys, leases that nobody holds."""

from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from config.common.models import ApiToken, IdempotencyKey, Lease, Turn

# Fences come from a sequence, so a lease that is made anew still outranks every holder of the removed one.
_LEASES_KEPT = timedelta(days=1)


def clear_expired() -> dict[str, int]:
    """How many rows of each kind went."""
    now = timezone.now()
    gone: dict[str, QuerySet[Any]] = {
        "sessions": Session.objects.filter(expire_date__lte=now),
        "sign_ins": AccessLog.objects.filter(attempt_time__lt=now - timedelta(days=settings.SIGN_INS_KEPT_DAYS)),
        "failed_sign_ins": AccessAttempt.objects.filter(
            attempt_time__lt=now - timedelta(hours=settings.AXES_COOLOFF_TIME)
        ),
        "tokens": ApiToken.objects.expired(now=now),
        "idempotency_keys": IdempotencyKey.objects.filter(expires_at__lte=now),
        "leases": Lease.objects.filter(expires_at__lt=now - _LEASES_KEPT),
        "turns": Turn.objects.filter(due_at__lt=now - _LEASES_KEPT),
    }
    return {name: rows.delete()[0] for name, rows in gone.items()}
