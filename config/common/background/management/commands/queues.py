"""`manage.py queues`: what waits in the queues, for how long, and who works on what."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError

from config.common.background.services.queues import Queue, Running, queues, running


class Command(BaseCommand):
    """Fails when the broker is away; without workers it says so."""

    help = "Show the depth and the oldest message of each queue, the workers and what they work on."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            waiting, working = queues(), running()
        except (RedisError, OSError) as error:
            raise CommandError(f"Redis does not answer: {type(error).__name__}.") from error
        for queue in waiting:
            self.stdout.write(_queue_line(queue))
        for worker, tasks in working.items():
            self.stdout.write(_worker_line(worker, tasks))
        if not working:
            self.stdout.write("no worker answers")


def _queue_line(queue: Queue) -> str:
    oldest = "" if queue.oldest is None else f", the oldest for {queue.oldest:.0f} s"
    return f"queue {queue.name}: {queue.depth} waiting{oldest}"


def _worker_line(worker: str, tasks: list[Running]) -> str:
    busy = ", ".join(f"{task.task} for {task.seconds:.0f} s" for task in tasks)
    return f"worker {worker}: {busy or 'idle'}"
