"""Registers the figures of the database and of the web server with the metrics."""

from django.conf import settings
from django.db import connection

from config.common.observe.metrics import gauge

_CONNECTIONS = """
    SELECT (SELECT sum(numbackends) FROM pg_stat_database),
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
"""


def register() -> None:
    """Names each figure, what it means, and where it comes from."""
    connections = "Open ones of the server, and its limit."
    gauge("demanda_database_connections", connections, database_connections, label="kind")
    gauge("demanda_database_bytes", "What the database takes on its disk.", database_bytes)
    gauge("demanda_http_threads", "Requests that are worked on at the same time.", http_threads, needs=None)


def database_connections() -> dict[str, float]:
    """Counts the `open` ones of all databases of the server, and the `limit` for everybody but superusers."""
    with connection.cursor() as cursor:
        cursor.execute(_CONNECTIONS)
        opened, limit = cursor.fetchone()
    return {"open": float(opened), "limit": float(limit)}


def database_bytes() -> float:
    """Measures what the database takes on its disk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return float(cursor.fetchone()[0])


def http_threads() -> float:
    """Counts the requests that this web server works on at the same time."""
    return float(settings.WEB_WORKERS * settings.WEB_THREADS)
