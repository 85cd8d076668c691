"""What happens to a log line on its way out: its moment, its exception, what must not be said."""

from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import structlog
from celery import current_app

from config.common.observe.errors import brief, exception_in

Event = MutableMapping[str, Any]


def drop_health_checks(_logger: object, _method: str, event: Event) -> Event:
    """Leaves out the lines of health checks and scrapes that went well: somebody asks every few seconds."""
    if event.get("code") == HTTPStatus.OK and str(event.get("request")).startswith(("GET /health/", "GET /metrics")):
        raise structlog.DropEvent
    return event


def drop_ticks(_logger: object, _method: str, event: Event) -> Event:
    """Leaves out that a task went well which runs every few seconds: what it found to do it says itself."""
    if event.get("event") == "task_succeeded":
        task = current_app.tasks.get(structlog.contextvars.get_contextvars().get("task"))
        if getattr(task, "ticks", False):
            raise structlog.DropEvent
    return event


def stamp(_logger: object, _method: str, event: Event) -> Event:
    """The moment of a library's line is when it was said, not when it is printed: it may have been kept."""
    moment = datetime.fromtimestamp(event["_record"].created, UTC)
    event["timestamp"] = moment.isoformat().replace("+00:00", "Z")
    return event


def mark_kept(_logger: object, _method: str, event: Event) -> Event:
    """Says of a line below the normal level that it is shown because of the error that follows."""
    if getattr(event["_record"], "kept", False):
        event["kept"] = True
    return event


def describe_errors(render: Callable[[BaseException], Any], *, reveal: bool) -> Callable[[object, str, Event], Event]:
    """A processor that writes exceptions by `render` and `brief`, whose messages may quote data."""

    def describe(_logger: object, _method: str, event: Event) -> Event:
        found = event.get("exception")
        if event.get("event") == "task_failed":
            # django-structlog's own text of it is the whole message.
            event.pop("error", None)
        if isinstance(found, BaseException):
            event["error"] = brief(found, reveal=reveal)
            del event["exception"]
        for name, value in event.items():
            if isinstance(value, BaseException):
                event[name] = brief(value, reveal=reveal)
        error = exception_in(event.pop("exc_info", None))
        if error is not None:
            event["exception"] = render(error)
        return event

    return describe
