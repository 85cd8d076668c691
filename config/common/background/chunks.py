"""Long work in chunks of ids: each chunk a short task that enqueues the next one, so no queue is flooded or blocked.

A run is a row: its task and the ids that are left. A chunk's writes and the step forward are one
transaction, so a chunk that was killed has not happened, and one that is delivered twice happens once.

    start_run("airports.purge:2026-11-21", task="airports.purge", first=1, end=1_000_001, size=5_000)

    @background_task("airports.purge", queue="bulk")
    def purge(self, *, run: str, **kwargs):
        work_on(run, lambda first, end: …)           # ids first ≤ id < end, inside the transaction
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from config.common.background.publishing import enqueue
from config.common.background.sweeping import SWEPT_EXPIRES
from config.common.models import ChunkedRun

Work = Callable[[int, int], object]

# A run that has not moved for so long has lost its message.
STALLED_AFTER = timedelta(seconds=60)
# Finished runs are kept for people to look at.
KEPT_FOR = timedelta(days=7)


def start_run(name: str, *, task: str, first: int, end: int, size: int) -> ChunkedRun:
    """The run `name` over the ids `first` ≤ id < `end`, `size` of them at a time; one that exists goes on as it is."""
    if size < 1:
        raise ValueError("A chunk has at least one id.")
    defaults = {"task": task, "position": first, "end": end, "size": size}
    run, _ = ChunkedRun.objects.get_or_create(name=name, defaults=defaults)
    enqueue(task, run=name)
    return run


def work_on(name: str, work: Work) -> bool:
    """Does the next chunk of the run, and enqueues the task for the one after. Whether there was one to do.

    `work` is called inside a transaction, with the first id and the one behind the last. Another delivery of the same
    message finds the run locked, or finished, and does nothing.
    """
    with transaction.atomic():
        run = ChunkedRun.objects.locked(name)
        if run is None:
            return False
        end = min(run.position + run.size, run.end)
        if run.position < end:
            work(run.position, end)
        run.position, run.moved_at = end, timezone.now()
        run.finished_at = run.moved_at if end >= run.end else None
        run.save(update_fields=["position", "moved_at", "finished_at"])
        if run.finished_at is None:
            enqueue(run.task, run=name)
    return True


def take_up_stalled_runs() -> int:
    """Enqueues what has not moved for a minute, forgets what was finished a week ago. Returns how many it took up."""
    now = timezone.now()
    ChunkedRun.objects.filter(finished_at__lt=now - KEPT_FOR).delete()
    stalled = ChunkedRun.objects.unfinished().filter(moved_at__lt=now - STALLED_AFTER)
    runs = list(stalled.values_list("task", "name"))
    for task, name in runs:
        enqueue(task, expires=SWEPT_EXPIRES, run=name)
    return len(runs)
