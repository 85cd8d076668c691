"""Figures that Prometheus asks for."""

from django.utils import timezone

from config.common.events.models import Event
from config.common.kafka.clients import is_on
from config.common.observe.metrics import gauge


def register() -> None:
    """Makes them known; where there is no Kafka there is nothing to tell."""
    gauge("demanda_kafka_relay_backlog", "Events that have not left for Kafka.", relay_backlog)
    gauge("demanda_kafka_relay_oldest_seconds", "For how long the oldest of them has waited.", relay_oldest)


def relay_backlog() -> int | None:
    """How many events wait for the relay."""
    return Event.objects.unrelayed().count() if is_on() else None


def relay_oldest() -> float | None:
    """Seconds that the oldest of them has waited; 0 where none does."""
    if not is_on():
        return None
    oldest = Event.objects.unrelayed().values_list("created_at", flat=True).first()
    return (timezone.now() - oldest).total_seconds() if oldest else 0.0
