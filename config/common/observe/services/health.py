"""Whether the product can serve."""

import time
from contextlib import closing
from functools import cache

import psycopg2
import structlog
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg2.errors import UndefinedTable
from redis import Redis
from redis.exceptions import RedisError

from config.common.db.liveness import SharedQuestion, connect, fetch
from config.common.problems import Unavailable

# Together below the two seconds after which whoever asks has given up.
_DATABASE_TIMEOUT_SECONDS = 1.2
_REDIS_TIMEOUT_SECONDS = 0.5

logger = structlog.get_logger(__name__)


def readiness() -> list[str]:
    """The parts that are away and can be done without: `["redis"]` or nothing.

    Raises `Unavailable` when the database does not answer or has migrations to run.
    """
    try:
        pending = _pending_migrations()
    except (psycopg2.Error, TimeoutError) as error:
        logger.warning("database_away", reason=type(error).__name__)
        raise Unavailable(_("The database does not answer.")) from error
    if pending:
        raise Unavailable(
            ngettext(
                "The database has %(count)s migration to run.",
                "The database has %(count)s migrations to run.",
                pending,
            )
            % {"count": number_format(pending)}
        )
    return [] if redis_answers() else ["redis"]


def availability() -> dict[str, bool]:
    """Tells it part by part, for the metrics: `database`, `redis`, and `migrations` where the database answers."""
    parts = {"redis": redis_answers()}
    try:
        return parts | {"database": True, "migrations": not _pending_migrations()}
    except (psycopg2.Error, TimeoutError):
        return parts | {"database": False}


def redis_answers() -> bool:
    """Whether it does within half a second, without a second try."""
    try:
        with Redis.from_url(
            settings.REDIS_URL,
            socket_timeout=_REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=_REDIS_TIMEOUT_SECONDS,
            retry=None,
        ) as redis:
            return bool(redis.ping())
    except (RedisError, OSError):
        return False


def _pending_migrations() -> int:
    applied = _applied_migrations.answer(within=_DATABASE_TIMEOUT_SECONDS)
    return sum(
        name not in applied and not (migration.replaces and applied.issuperset(migration.replaces))
        for name, migration in _migrations().items()
    )


@cache
def _migrations() -> dict[tuple[str, str], Migration]:
    """Those of this code, by app and name."""
    return dict(MigrationLoader(None).graph.nodes)


def _ask_for_migrations() -> set[tuple[str, str]]:
    # Over a new connection: a server that lets nobody in any more cannot serve the next caller.
    by = time.monotonic() + _DATABASE_TIMEOUT_SECONDS
    with closing(connect(by=by)) as opened:
        try:
            return {(app, name) for app, name in fetch(opened, "SELECT app, name FROM django_migrations", by=by)}
        except UndefinedTable:
            return set()


_applied_migrations = SharedQuestion(_ask_for_migrations)
