"""The disk under the embedded services: what is left of it, and a ballast to give up when nothing is.

PostgreSQL that has stopped for want of room needs some to start: it recovers, and writes the next file of its log.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.errors import EmbeddedError, say
from config.embedded.layout import Layout

MIB = 1024 * 1024
# Four files of PostgreSQL's log.
BALLAST_BYTES = 64 * MIB
# initdb writes 40 MiB; a start on less than the first three files of the log may end with a stop.
FIRST_BYTES, SHORT_BYTES = 64 * MIB, 48 * MIB
ENOUGH_BYTES = FIRST_BYTES + BALLAST_BYTES
NO_ROOM = os.strerror(errno.ENOSPC)


def free_bytes(folder: Path) -> int:
    """What the services' own user may still write on the disk of `folder`."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def full_disk(folder: Path) -> EmbeddedError:
    """The one sentence for whatever did not go on for want of room."""
    return EmbeddedError(
        f"The disk of {folder} is full ({free_bytes(_existing(folder)) // MIB} MiB are free): make room for at least "
        f"{ENOUGH_BYTES // MIB} MiB and start again; nothing that was stored is lost."
    )


@contextmanager
def telling_of_a_full_disk(folder: Path) -> Iterator[None]:
    """Raises EmbeddedError where what is written meanwhile, below `folder` mostly, finds no room."""
    try:
        yield
    except OSError as error:
        # Copying a folder collects its errors in one, without a number.
        if error.errno in {errno.ENOSPC, errno.EDQUOT} or NO_ROOM in str(error):
            # Of a copy the second name is that which is written.
            raise full_disk(Path(error.filename2 or error.filename or folder)) from error
        raise


class Ballast:
    """A file of no use that keeps room: given up when PostgreSQL needs it, made again when there is room."""

    def __init__(self, layout: Layout) -> None:
        self._home = layout.home
        self._path = layout.home / "ballast"

    def is_due(self) -> bool:
        """Whether there is none, and room for it without being in the way at once."""
        return not self._path.exists() and free_bytes(self._home) >= ENOUGH_BYTES

    def keep(self) -> None:
        """Make it where it is due. Call it under `exclusive`."""
        if not self.is_due():
            return
        partial = self._path.with_name("ballast.partial")
        with partial.open("wb") as file:
            if sys.platform == "linux":
                os.posix_fallocate(file.fileno(), 0, BALLAST_BYTES)
            else:
                for _ in range(BALLAST_BYTES // MIB):
                    file.write(bytes(MIB))
        partial.rename(self._path)

    def give_up_if_short(self) -> None:
        """Remove it where PostgreSQL would find no room to start."""
        if self._path.exists() and free_bytes(self._home) < SHORT_BYTES:
            self._path.unlink()
            say(
                f"the disk of {self._home} is full; {BALLAST_BYTES // MIB} MiB that were kept for this are given up so "
                "that PostgreSQL can start. Make room there: until then deliveries are refused."
            )


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())
