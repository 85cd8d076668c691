"""What a report to Sentry may say. Every function copies what is known to be harmless; what a new version of the SDK
adds does not leave the machine until somebody has looked at it.

Events are dictionaries as Sentry's protocol has them.
"""

import sys
from typing import Any

import structlog

from config.common.observe.errors import HIDDEN, chain, message_of
from config.common.observe.sql_fingerprint import shape

Json = dict[str, Any]

_EVENT = (
    *("event_id", "timestamp", "start_timestamp", "type", "level", "platform", "release", "environment", "server_name"),
    *("sdk", "transaction", "transaction_info", "fingerprint"),
)
_CHECK_IN = ("check_in_id", "monitor_slug", "monitor_config", "status", "duration")
_TRACE = ("trace_id", "span_id", "parent_span_id", "op", "status", "origin", "type")
_SPAN = ("span_id", "parent_span_id", "trace_id", "op", "start_timestamp", "timestamp", "status", "origin")
_FRAME = (
    *("filename", "abs_path", "function", "module", "lineno", "in_app"),
    *("pre_context", "context_line", "post_context"),
)
_BREADCRUMB = ("type", "category", "level", "timestamp")
_TAGS = ("request_id", "task", "task_id")


def report(error: BaseException) -> None:
    """Sends an error that somebody else catches, if a Sentry server is named."""
    # `config.sentry` loads the library where there is somebody to report to, and nobody else does.
    if sentry := sys.modules.get("sentry_sdk"):
        sentry.capture_exception(error)


def harmless_event(event: Any, hint: Json) -> Any:
    """For `before_send`: an error, or the check-in of a schedule."""
    kept = _common(event) | _pick(event, _CHECK_IN)
    if "exception" in event:
        kept["exception"] = {"values": _exceptions(event["exception"].get("values") or [], hint)}
    crumbs = event.get("breadcrumbs")
    values = crumbs.get("values") if isinstance(crumbs, dict) else crumbs
    if values:
        kept["breadcrumbs"] = {"values": [_crumb(crumb) for crumb in values]}
    return kept


def harmless_transaction(event: Any, hint: Json) -> Any:
    """For `before_send_transaction`: how long a request or a task and its queries took."""
    return _common(event) | {"spans": [_span(span) for span in event.get("spans") or []]}


def harmless_breadcrumb(crumb: Json, hint: Json) -> Json | None:
    """For `before_breadcrumb`: what happened before an error."""
    return _crumb(crumb)


def _pick(source: Json, names: tuple[str, ...]) -> Json:
    return {name: source[name] for name in names if name in source}


def _common(event: Json) -> Json:
    kept = _pick(event, _EVENT)
    if (event.get("transaction_info") or {}).get("source") == "url":
        # No pattern of ours: the address as it was sent.
        kept["transaction"] = "(no URL of ours)"
    contexts = event.get("contexts") or {}
    kept["contexts"] = {"trace": _pick(contexts.get("trace") or {}, _TRACE), **_pick(contexts, ("runtime", "monitor"))}
    method = (event.get("request") or {}).get("method")
    if method:
        kept["request"] = {"method": method}
    bound = {**_sent_id(event), **structlog.contextvars.get_contextvars()}
    kept["tags"] = {name: str(bound[name]) for name in _TAGS if bound.get(name)}
    return kept


def _sent_id(event: Json) -> Json:
    """A request's duration is reported when its context is gone; `RequestIdMiddleware` has put the id here."""
    headers = (event.get("request") or {}).get("headers") or {}
    return {"request_id": headers.get("X-Request-Id")}


def _exceptions(values: list[Json], hint: Json) -> list[Json]:
    error = (hint.get("exc_info") or (None, None))[1]
    messages = {} if error is None else {str(one): message_of(one) for one in chain(error)}
    return [_exception(value, messages) for value in values]


def _exception(value: Json, messages: dict[str, str]) -> Json:
    kept = _pick(value, ("type", "module"))
    kept["value"] = messages.get(str(value.get("value", "")), HIDDEN)
    kept["mechanism"] = _pick(value.get("mechanism") or {}, ("type", "handled"))
    frames = (value.get("stacktrace") or {}).get("frames") or []
    kept["stacktrace"] = {"frames": [_pick(frame, _FRAME) for frame in frames]}
    return kept


def _crumb(crumb: Json) -> Json:
    kept = _pick(crumb, _BREADCRUMB)
    if kept.get("category") == "query":
        kept["message"] = shape(str(crumb.get("message") or ""))
    return kept


def _span(span: Json) -> Json:
    kept = _pick(span, _SPAN)
    operation = str(kept.get("op") or "")
    if operation == "db":
        kept["description"] = shape(str(span.get("description") or ""))
    elif operation.startswith(("queue.", "view.", "middleware.")):
        # Names of tasks and of code.
        kept["description"] = span.get("description")
    return kept
