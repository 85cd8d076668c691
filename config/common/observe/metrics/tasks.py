"""Tasks: how they end, how long they wait in their queue and how long they run; counted in the workers' processes."""

import time
from datetime import datetime
from typing import Any

from celery.signals import task_failure, task_postrun, task_prerun, task_retry
from prometheus_client import Counter, Histogram

from config.common.observe.metrics.families import COUNTED

RUNS = Counter("demanda_task_runs", "Ends: success, failure, retry, ignored.", ("task", "outcome"), registry=COUNTED)
ERRORS = Counter(
    "demanda_task_errors",
    "By exception; `retried` ones run again. Those whose process was killed or timed out are among them.",
    ("task", "exception", "outcome"),
    registry=COUNTED,
)
SECONDS = Histogram(
    "demanda_task_seconds",
    "From beginning to end.",
    ("task",),
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600, 1200),
    registry=COUNTED,
)
WAITED = Histogram(
    "demanda_task_queue_seconds",
    "From its publishing, or from when it was due, to its beginning.",
    ("task", "queue"),
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800),
    registry=COUNTED,
)
_began: dict[str, float] = {}


@task_prerun.connect  # type: ignore[untyped-decorator]  # Celery has no types
def note_beginning(task_id: str, task: Any, **_: Any) -> None:
    _began[task_id] = time.perf_counter()
    published = getattr(task.request, "enqueued_at", None)
    if isinstance(published, int | float):
        queue = (task.request.delivery_info or {}).get("routing_key") or "none"
        WAITED.labels(task.name, queue).observe(max(0.0, time.time() - max(published, _due(task.request.eta))))


def _due(eta: Any) -> float:
    """The moment before which a message is not for now; a retry's pause is no waiting."""
    return datetime.fromisoformat(eta).timestamp() if isinstance(eta, str) else 0.0


@task_postrun.connect  # type: ignore[untyped-decorator]  # Celery has no types
def note_end(task_id: str, task: Any, state: str | None = None, **_: Any) -> None:
    began = _began.pop(task_id, None)
    if began is not None:
        SECONDS.labels(task.name).observe(time.perf_counter() - began)
    RUNS.labels(task.name, (state or "unknown").lower()).inc()


@task_failure.connect  # type: ignore[untyped-decorator]  # Celery has no types
def note_failure(sender: Any, exception: BaseException, **_: Any) -> None:
    ERRORS.labels(sender.name, type(exception).__name__, "failed").inc()


@task_retry.connect  # type: ignore[untyped-decorator]  # Celery has no types
def note_retry(sender: Any, reason: Any, **_: Any) -> None:
    cause = getattr(reason, "exc", None) or reason
    ERRORS.labels(sender.name, type(cause).__name__, "retried").inc()
