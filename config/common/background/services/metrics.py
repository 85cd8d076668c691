"""Registers the figures of queues, workers and beat with the metrics."""

from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from config.common.background.services.queues import queues
from config.common.background.workers import workers_by_queue
from config.common.observe.metrics import gauge


def register() -> None:
    """Names each figure, what it means, and where it comes from."""
    gauge("demanda_beat_silent_seconds", "Since beat last sent anything.", seconds_since_beat)
    gauge("demanda_queue_depth", "Messages that wait.", queue_depths, label="queue", needs="redis")
    gauge("demanda_queue_oldest_seconds", "The longest wait.", queue_ages, label="queue", needs="redis")
    gauge("demanda_workers", "Workers that live.", workers_by_queue, label="queue", needs="redis")


def queue_depths() -> dict[str, float]:
    """Counts the messages that wait in each queue."""
    return {queue.name: float(queue.depth) for queue in queues()}


def queue_ages() -> dict[str, float]:
    """Tells for each queue the seconds that its oldest message has waited; 0 for an empty one."""
    return {queue.name: queue.oldest or 0.0 for queue in queues()}


def seconds_since_beat() -> float | None:
    """Tells when beat last sent anything, which it writes down at once; None before its first time."""
    sent = PeriodicTask.objects.exclude(last_run_at=None).order_by("-last_run_at").values_list("last_run_at", flat=True)
    last = sent.first()
    return None if last is None else max(0.0, (timezone.now() - last).total_seconds())
