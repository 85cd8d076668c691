"""Statements of the database: how many of which kind, how long, and which fail."""

import time
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from prometheus_client import Counter, Histogram

from config.common.observe.metrics.families import COUNTED

SECONDS = Histogram(
    "demanda_database_statement_seconds",
    "Until the database answered. COPY and the rows of a stream are not among them.",
    ("kind",),
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5, 30),
    registry=COUNTED,
)
ERRORS = Counter("demanda_database_errors", "Statements that failed.", ("error",), registry=COUNTED)
_KINDS = {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}


def measure(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Has every statement of a new connection measured; for Django's signal `connection_created`."""
    # First of the list, once: who adds another for a while takes the last away again.
    if _measured not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _measured)


def _measured(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    except Exception as error:
        ERRORS.labels(type(error).__name__).inc()
        raise
    finally:
        SECONDS.labels(kind_of(sql)).observe(time.perf_counter() - began)


def kind_of(sql: Any) -> str:
    """The statement's first word, of those that are worth telling apart."""
    words = sql.split(None, 1) if isinstance(sql, str) else []
    word = words[0].upper() if words else ""
    return word.lower() if word in _KINDS else "other"
