"""The log's handler: prints lines of the normal level, and keeps the rest of a request or task in case it fails."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import structlog

from config.common.observe import units
from config.common.observe.sql_fingerprint import shape


class KeepingHandler(logging.StreamHandler[Any]):
    """Lines below `printed` stay with their unit of work; its first error shows them, and its last queries, in order.

    They are marked `kept`. Nothing is rendered that is not shown.
    """

    def __init__(self, printed: str) -> None:
        super().__init__()
        self._printed = logging.getLevelNamesMapping()[printed.upper()]

    def emit(self, record: logging.LogRecord) -> None:
        unit = units.current()
        if record.levelno < self._printed:
            if unit is not None:
                unit.lines.append(_with_its_exception(record))
            return
        if unit is not None and record.levelno >= logging.ERROR:
            for kept in _story(unit):
                super().emit(kept)
        super().emit(record)


def _with_its_exception(record: logging.LogRecord) -> logging.LogRecord:
    """ "The exception that is being handled" is another one later."""
    if isinstance(record.msg, dict) and record.msg.get("exc_info") is True:
        record.msg["exc_info"] = sys.exc_info()
    return record


def _story(unit: units.Unit) -> list[logging.LogRecord]:
    lines = [*unit.lines, *(_line_of(query) for query in unit.recent)]
    # Told once: a second error of the unit goes on from here.
    unit.lines.clear()
    unit.recent.clear()
    for line in lines:
        line.kept = True
    return sorted(lines, key=lambda line: line.created)


def _line_of(query: units.Query) -> logging.LogRecord:
    """As structlog would have made it."""
    event = {
        **structlog.contextvars.get_contextvars(),
        "event": "query",
        "sql": shape(query.sql),
        "ms": round(query.seconds * 1000, 1),
        "logger": "queries",
        "level": "debug",
        "timestamp": datetime.fromtimestamp(query.began_at, UTC).isoformat().replace("+00:00", "Z"),
    }
    values = {"name": "queries", "levelno": logging.DEBUG, "levelname": "DEBUG", "created": query.began_at}
    return logging.makeLogRecord({**values, "msg": event, "_logger": None, "_name": "debug"})
