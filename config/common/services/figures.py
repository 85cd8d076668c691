"""The figures of the common ground, for the metrics: connections, queues, workers, beat."""

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from config.common.services.queues import queues

_CONNECTIONS = """
    SELECT (SELECT sum(numbackends) FROM pg_stat_database),
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
"""


def database_connections() -> dict[str, float]:
    """`open` ones of all databases of the server, and the `limit` for everybody but superusers."""
    with connection.cursor() as cursor:
        cursor.execute(_CONNECTIONS)
        opened, limit = cursor.fetchone()
    return {"open": float(opened), "limit": float(limit)}


def database_bytes() -> float:
    """What the database takes on its disk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return float(cursor.fetchone()[0])


def http_threads() -> float:
    """How many requests this web server works on at the same time."""
    return float(settings.WEB_WORKERS * settings.WEB_THREADS)


def queue_depths() -> dict[str, float]:
    """Messages that wait in each queue."""
    return {queue.name: float(queue.depth) for queue in queues()}


def queue_ages() -> dict[str, float]:
    """Seconds that the oldest message of each queue has waited; 0 for an empty queue."""
    return {queue.name: queue.oldest or 0.0 for queue in queues()}


def seconds_since_beat() -> float | None:
    """Since beat last sent anything. It writes that down every minute; None before its first time."""
    sent = PeriodicTask.objects.exclude(last_run_at=None).order_by("-last_run_at").values_list("last_run_at", flat=True)
    last = sent.first()
    return None if last is None else max(0.0, (timezone.now() - last).total_seconds())
