"""One at a time: work that must not run twice at once, on any machine."""

from collections.abc import Iterator
from contextlib import contextmanager

import pglock


@contextmanager
def single_run(name: str, *, wait: float = 0) -> Iterator[bool]:
    """Whether this is the only run of `name`; it is so until the end of the block. Waits for it at most `wait` seconds.

    The lock is PostgreSQL's and belongs to the connection: it dies with a killed process. A block that loses its
    connection has lost the lock; its next statement says so. Not through a pooler that shares connections by
    transaction.

        with single_run("imports.purge_deleted") as alone:
            if alone: …
    """
    with pglock.advisory(f"demanda:{name}", timeout=wait) as alone:
        yield bool(alone)
