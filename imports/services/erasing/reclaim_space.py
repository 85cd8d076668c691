"""Makes the room of removed rows free for the next ones."""

from django.db import connection

from config.common.background.publishing import enqueue

VACUUM = "imports.vacuum"
# Fewer are left to PostgreSQL's own vacuum, which comes by once a minute and looks at the tables' settings.
_WORTH_A_VACUUM = 50_000
_VACUUM = "VACUUM (ANALYZE) imports_citizen, imports_correction, imports_rawchunk"


def reclaim_soon(removed_rows: int) -> None:
    """Has the tables vacuumed in the background where it is worth it.

    Nobody misses a message that is lost: then PostgreSQL does it, some time later.
    """
    if removed_rows >= _WORTH_A_VACUUM:
        enqueue(VACUUM)


def reclaim_space() -> None:
    """Vacuums the tables of residents. Nobody waits for it, neither readers nor writers. Not inside a transaction.

    Without it, deliveries that come and go quicker than PostgreSQL's own vacuum would make the tables grow.
    """
    with connection.cursor() as cursor:
        cursor.execute(_VACUUM)
