"""Structured logs on standard error: one line a request, readable on a terminal, no personal data."""

import logging
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

import structlog

from config import env


def drop_health_checks(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leaves out the lines of health checks and scrapes that went well: somebody asks every few seconds."""
    if event.get("code") == HTTPStatus.OK and str(event.get("request")).startswith(("GET /health/", "GET /metrics")):
        raise structlog.DropEvent
    return event


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_config(*renderers: Any) -> dict[str, Any]:
    """A `LOGGING` dictionary whose lines, ours and the libraries', end in `renderers`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
                "foreign_pre_chain": SHARED_PROCESSORS,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": env.LOG_LEVEL},
        "loggers": {
            # Say every 4xx and 5xx again, with the query string; a wrong Host with a traceback.
            "django.request": {"level": "CRITICAL"},
            "django.security": {"level": "CRITICAL"},
            "axes": {"level": "WARNING"},
            # Say again what django-structlog says with the request's id: received, succeeded, failed.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "CRITICAL"},
            "celery.beat": {"level": "WARNING"},
            "celery.worker.consumer": {"level": "WARNING"},
        },
    }


# `RequestIdMiddleware` has checked the header by then.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
# Addresses are personal data.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# One line a request, at its end.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
# The request's id and the user's travel in the headers of messages; an address is nobody's business there.
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG

structlog.configure(
    processors=[
        # First: what no handler prints must not be rendered.
        structlog.stdlib.filter_by_level,
        drop_health_checks,
        *SHARED_PROCESSORS,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

# Tracebacks without the values of variables, among which are passwords and residents.
LOGGING = logging_config(structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback))
