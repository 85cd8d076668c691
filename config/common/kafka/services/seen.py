"""Messages that have an id of their producer's: each is taken once."""

from django.db import connection

_NOTE = """
    INSERT INTO kafka_seenmessage (topic, message_id, seen_at) VALUES (%s, %s, clock_timestamp())
    ON CONFLICT (topic, message_id) DO NOTHING
"""


def is_new(topic: str, message_id: str) -> bool:
    """Whether it comes for the first time, which is written down in the caller's transaction. Of two at the same moment
    the second waits for the end of the first."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [topic, message_id])
        return bool(cursor.rowcount)
