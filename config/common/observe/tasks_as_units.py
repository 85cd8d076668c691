"""Tasks as units of work: their log lines say how many queries they made, and an error shows what was not printed."""

from contextvars import Token
from typing import Any

import structlog
from celery.signals import task_failure, task_postrun, task_prerun, task_retry, task_success

from config.common.observe import units

# By the task's id: in a test, and in a request that runs one at once, tasks begin inside of other work.
_tokens: dict[str, Token[units.Unit | None]] = {}


def install() -> None:
    """Must be called before django-structlog connects its own: who connects first is called first."""
    task_prerun.connect(_begin, weak=False, dispatch_uid="observe.begin")
    for signal in (task_success, task_failure, task_retry):
        signal.connect(_count, weak=False, dispatch_uid="observe.count")
    task_postrun.connect(_end, weak=False, dispatch_uid="observe.end")


def _begin(task_id: str, **_: Any) -> None:
    _tokens[task_id] = units.begin()


def _count(**_: Any) -> None:
    """The line that django-structlog writes next carries the figures; it knows the duration itself."""
    unit = units.current()
    if unit is not None:
        figures = unit.figures()
        structlog.contextvars.bind_contextvars(queries=figures["queries"], db_ms=figures["db_ms"])


def _end(task_id: str, **_: Any) -> None:
    structlog.contextvars.unbind_contextvars("queries", "db_ms")
    token = _tokens.pop(task_id, None)
    if token is not None:
        units.end(token)
