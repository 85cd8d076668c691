"""What is cleared away of what was read."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from config.common.background.services.clear_expired import clears
from config.common.kafka.models import DeadLetter, SeenMessage

# Longer than topics keep a message that may be read again.
_KEPT = timedelta(days=30)


@clears("kafka_seen_messages")
def old_messages(now: datetime) -> QuerySet[Any]:
    """Finds the ids of messages that no topic has any more."""
    return SeenMessage.objects.filter(seen_at__lte=now - _KEPT)


@clears("kafka_dead_letters")
def old_letters(now: datetime) -> QuerySet[Any]:
    """Finds the dead letters that nobody has put back for so long, and those that somebody has."""
    return DeadLetter.objects.filter(created_at__lte=now - _KEPT)
