"""Removes what has run out: sessions, tokens, idempotency keys, leases that nobody holds."""

from datetime import timedelta
from typing import Any

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
        "tokens": ApiToken.objects.expired(now=now),
        "idempotency_keys": IdempotencyKey.objects.filter(expires_at__lte=now),
        "leases": Lease.objects.filter(expires_at__lt=now - _LEASES_KEPT),
        "turns": Turn.objects.filter(due_at__lt=now - _LEASES_KEPT),
    }
    return {name: rows.delete()[0] for name, rows in gone.items()}
