"""Who uses the services: locks that the kernel releases when a process dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """One at a time: starts, joins, leaves, stops or removes the services of `folder`. Waits for its turn."""
    path = folder / "turn.lock"
    while True:
        descriptor = _open(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # The one before may have removed the folder: a lock on a file that is gone excludes nobody.
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                yield
                return
        finally:
            os.close(descriptor)


class Membership:
    """A shared lock that says "in use". Take it and leave it under `exclusive`."""

    def __init__(self, home: Path) -> None:
        self._path = home / "members.lock"
        self._descriptor = _open(self._path)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Whether that was the last member."""
        os.close(self._descriptor)
        return not in_use(self._path.parent)


def in_use(home: Path) -> bool:
    """Whether any process is a member. Ask under `exclusive`."""
    descriptor = _open(home / "members.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
