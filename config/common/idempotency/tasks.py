"""What is cleared away of remembered answers."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from config.common.background.services.clear_expired import clears
from config.common.idempotency.models import IdempotencyKey


@clears("idempotency_keys")
def expired_keys(now: datetime) -> QuerySet[Any]:
    """Finds the answers that nobody may ask for again."""
    return IdempotencyKey.objects.filter(expires_at__lte=now)
