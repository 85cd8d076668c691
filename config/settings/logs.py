"""Structured logs on standard error: one line a request, readable on a terminal, no personal data."""

import logging
from typing import Any

import structlog

from config import env
from config.common.observe.errors import traceback_of, traceback_text
from config.common.observe.lines import describe_errors, drop_health_checks, drop_ticks, mark_kept, stamp

# Our own loggers, whose lines below LOG_LEVEL are kept until their request or task has gone well.
OWN_LOGGERS = ("config", "airports", "imports", "analytics", "django_structlog")

SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
]


def logging_config(*renderers: Any) -> dict[str, Any]:
    """A `LOGGING` dictionary whose lines, ours and the libraries', end in `renderers`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [mark_kept, structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
                "foreign_pre_chain": [*SHARED_PROCESSORS, stamp],
            }
        },
        "handlers": {
            "stderr": {
                "()": "config.common.observe.withholding.KeepingHandler",
                "formatter": "lines",
                "printed": env.LOG_LEVEL,
            }
        },
        # What libraries say below INFO may hold anything, and is a great deal: it is not even kept.
        "root": {"handlers": ["stderr"], "level": "DEBUG" if env.LOG_LEVEL.upper() == "DEBUG" else "INFO"},
        "loggers": {
            **{name: {"level": "DEBUG"} for name in OWN_LOGGERS},
            # Say every 4xx and 5xx again, with the query string; a wrong Host with a traceback.
            "django.request": {"level": "CRITICAL"},
            "django.security": {"level": "CRITICAL"},
            "axes": {"level": "WARNING"},
            # Warns that its pages are not profiled themselves, in every process that profiles nothing.
            "silk": {"level": "ERROR"},
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
        drop_ticks,
        *SHARED_PROCESSORS,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

# Tracebacks never hold the values of variables, among which are passwords and residents. Messages may quote values:
# a terminal shows them, but for what the database quotes; production withholds them.
TERMINAL_LINES = (
    describe_errors(lambda error: traceback_text(error, reveal=True), reveal=True),
    structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
)
JSON_LINES = (describe_errors(traceback_of, reveal=False), structlog.processors.JSONRenderer(default=str))

LOGGING = logging_config(*TERMINAL_LINES)
