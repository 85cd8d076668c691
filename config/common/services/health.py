"""Whether the product can serve."""

import structlog
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.exceptions import RedisError

from config.common.problems import Unavailable

_RETRY = {"Retry-After": "5"}
_REDIS_TIMEOUT_SECONDS = 0.5

logger = structlog.get_logger(__name__)


def readiness() -> list[str]:
    """The parts that are away and can be done without: `["redis"]` or nothing.

    Raises `Unavailable` when the database does not answer or has migrations to run.
    """
    try:
        pending = _pending_migrations()
    except Error as error:
        logger.warning("database_away", reason=type(error).__name__)
        raise Unavailable("The database does not answer.", headers=_RETRY) from error
    if pending:
        raise Unavailable(f"The database has {pending} migrations to run.", headers=_RETRY)
    return [] if redis_answers() else ["redis"]


def availability() -> dict[str, bool]:
    """The same part by part, for the metrics: `database`, `redis`, and `migrations` where the database answers."""
    parts = {"redis": redis_answers()}
    try:
        return parts | {"database": True, "migrations": not _pending_migrations()}
    except Error:
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
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
