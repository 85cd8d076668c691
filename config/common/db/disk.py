"""The room on the database's disk: deliveries are refused before PostgreSQL is in danger.

PostgreSQL stops when its log finds no room, and does not start again before there is some. So a part of the disk is
kept free, and whatever grows by what a caller sends asks here: at its beginning by what is announced, and again while
it comes. Reads and small corrections go on. Where nobody can know (`DATABASE_DISK`), nothing is refused here.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import structlog
from django.conf import settings

from config.common.problems import NoSpace
from config.common.texts import gettext as _

_MIB = 1024 * 1024
_GIB = 1024 * _MIB
# Unless the setting says otherwise: a small disk cannot spare what a large one does not miss.
_RESERVE, _RESERVE_SHARE = _GIB, 0.05
# PostgreSQL recycles its log beyond `max_wal_size`, which is 2 GB here.
_LOGGED_AT_MOST = 2 * _GIB
# Residents pack to about a tenth of their size.
PACKED = 10
_LOOK_EVERY = _MIB
# Four of the files in which PostgreSQL writes its log: with less it may have stopped for want of the next.
_FULL_BELOW = 64 * _MIB

logger = structlog.get_logger(__name__)


def expect_room(size: int = 0) -> None:
    """Raises `NoSpace` unless `size` more bytes leave the reserve alone."""
    disk = _disk()
    if disk is None:
        return
    free, reserve = disk
    if free - size < reserve:
        logger.warning("no_room", free=free, needed=size, reserve=reserve)
        raise NoSpace(
            _("The database's disk has no room for this: %(reserve)s MiB of it are kept free. Nothing was stored.")
            % {"reserve": reserve // _MIB}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How much room a byte of a body takes: in tables with their indexes, and in PostgreSQL's log."""

    stored: float
    logged: float

    def expect_room(self, sent: int, encoding: str = "", *, kept: bool = False) -> None:
        """Raises `NoSpace` unless a body of `sent` bytes leaves the reserve alone; `kept`: as it is sent, as well."""
        size = sent * (PACKED if encoding == "gzip" else 1)
        logged = min(int(size * self.logged), _LOGGED_AT_MOST)
        expect_room(int(size * self.stored) + logged + (sent if kept else 0))


def within_room(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Hands the chunks on; raises `NoSpace` as soon as the reserve is touched, before the first or on the way."""
    unseen = _LOOK_EVERY
    for chunk in chunks:
        unseen += len(chunk)
        if unseen >= _LOOK_EVERY:
            expect_room()
            unseen = 0
        yield chunk


def is_full() -> bool:
    """Whether the database may have stopped because its disk is full."""
    disk = _disk()
    return disk is not None and disk[0] < _FULL_BELOW


def _disk() -> tuple[int, int] | None:
    """The free bytes and the reserve."""
    if settings.DATABASE_DISK is None:
        return None
    try:
        disk = os.statvfs(settings.DATABASE_DISK)
    except OSError as error:
        logger.warning("disk_unknown", reason=error.strerror)
        return None
    reserve = settings.DISK_RESERVE
    if reserve is None:
        reserve = min(_RESERVE, int(disk.f_blocks * disk.f_frsize * _RESERVE_SHARE))
    return disk.f_bavail * disk.f_frsize, reserve
