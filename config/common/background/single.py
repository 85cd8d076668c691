"""One at a time, and once in a while: what must not happen twice at once, or too often, on any machine."""

from collections.abc import Iterator
from contextlib import contextmanager

import pglock
from django.db import connection

from config.common.db.sessions import session_alias

_TAKE_TURN = """
    INSERT INTO background_turn AS turn (name, due_at)
    VALUES (%(name)s, clock_timestamp() + make_interval(secs => %(seconds)s))
    ON CONFLICT (name) DO UPDATE SET due_at = EXCLUDED.due_at WHERE turn.due_at <= clock_timestamp()
    RETURNING name
"""


@contextmanager
def single_run(name: str, *, wait: float = 0) -> Iterator[bool]:
    """Whether this is the only run of `name`; it is so until the end of the block. Waits for it at most `wait` seconds.

    The lock is PostgreSQL's and belongs to the connection: it dies with a killed process. A block that loses its
    connection has lost the lock; its next statement says so. Behind a pooler the lock has a connection of its own, past
    it: the lock may be lost alone, and nobody hears of it.

        with single_run("imports.purge_deleted") as alone:
            if alone: …
    """
    with pglock.advisory(f"demanda:{name}", timeout=wait, using=session_alias()) as alone:
        yield bool(alone)


def once_every(name: str, *, seconds: float) -> bool:
    """Tells whether nobody has got a yes for `name` in the last `seconds`: what keeps a second beat from doing harm.

    Call it outside a transaction: until the commit everybody else who asks waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_TURN, {"name": name, "seconds": seconds})
        return cursor.fetchone() is not None
