"""Figures that Prometheus asks for."""

from django.db.models import Min
from django.utils import timezone

from config.common.events.models import Event
from config.common.kafka.clients import is_on
from config.common.kafka.models import DeadLetter, Position
from config.common.kafka.topics import bare
from config.common.observe.metrics import gauge


def register() -> None:
    """Makes them known; where there is no Kafka there is nothing to tell."""
    gauge("demanda_kafka_relay_backlog", "Events that have not left for Kafka.", relay_backlog)
    gauge("demanda_kafka_lag", "Offsets that are left to read.", lag, label=("topic", "partition"))
    gauge("demanda_kafka_silent_seconds", "Since a partition's reader last lived, the longest.", silent)
    gauge("demanda_kafka_dead_letters", "Messages that were not taken, nor put back.", dead_letters)
    gauge("demanda_kafka_relay_oldest_seconds", "For how long the oldest of them has waited.", relay_oldest)


def lag() -> dict[tuple[str, ...], float]:
    """How much of each partition is left to read, when its reader last looked."""
    rows = Position.objects.all() if is_on() else []
    return {(bare(row.topic), str(row.partition)): float(row.lag) for row in rows if row.lag is not None}


def silent() -> float | None:
    """Seconds since the readers of all partitions were seen; None before the first."""
    first = Position.objects.aggregate(first=Min("seen_at"))["first"] if is_on() else None
    return (timezone.now() - first).total_seconds() if first else None


def dead_letters() -> int | None:
    """How many wait for somebody to put them back, or to forget them."""
    return DeadLetter.objects.waiting().count() if is_on() else None


def relay_backlog() -> int | None:
    """How many events wait for the relay."""
    return Event.objects.unrelayed().count() if is_on() else None


def relay_oldest() -> float | None:
    """Seconds that the oldest of them has waited; 0 where none does."""
    if not is_on():
        return None
    oldest = Event.objects.unrelayed().values_list("created_at", flat=True).first()
    return (timezone.now() - oldest).total_seconds() if oldest else 0.0
