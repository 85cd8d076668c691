"""The Celery application: `celery -A config.celery worker`, `… beat`."""

import gc
import logging.config
import os
import time
import warnings
from typing import Any

import django
import structlog
from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import (
    beat_init,
    before_task_publish,
    celeryd_after_setup,
    setup_logging,
    worker_init,
    worker_ready,
)
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.dispatch import receiver
from django_structlog.celery.signals import bind_extra_task_metadata
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

# Root may run a worker: what it reads is JSON, which cannot carry code.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("demanda")
# For every thread: the web server's enqueue too.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect  # type: ignore[untyped-decorator]  # Celery has no types
def use_our_logs(**_: Any) -> None:
    """Whoever listens here keeps Celery from making its own."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@before_task_publish.connect  # type: ignore[untyped-decorator]  # Celery has no types
def note_the_time(headers: dict[str, Any], **_: Any) -> None:
    """Seconds since 1970, so that the age of a waiting message can be told."""
    headers["enqueued_at"] = time.time()


@receiver(bind_extra_task_metadata)
def name_the_task(task: Any, **_: Any) -> None:
    """Every log line of a task says which one it is."""
    structlog.contextvars.bind_contextvars(task=task.name)


@celeryd_after_setup.connect  # type: ignore[untyped-decorator]  # Celery has no types
def show_signs_of_life(sender: str, instance: Any, **_: Any) -> None:
    """The worker `sender` says that it lives, and serves what it counts."""
    from config.common.background.alive import Heart
    from config.common.observe.metrics.server import serve

    Heart(name=sender, queues=tuple(instance.app.amqp.queues.consume_from)).start()
    worker_ready.connect(serve, weak=False)


@celeryd_after_setup.connect  # type: ignore[untyped-decorator]  # Celery has no types
def know_the_cities(instance: Any, **_: Any) -> None:
    """A worker that may place towns reads the names of cities before it forks.

    Its processes then share the 120 MB of them, and no delivery waits three seconds until one has read them.
    """
    from django.conf import settings

    from analytics.places.similar import similar_names

    if settings.PRELOAD and "default" in instance.app.amqp.queues.consume_from:
        similar_names()
        # The collector writes into what it looks at, and a page that is written to is no longer shared.
        gc.freeze()


@worker_init.connect  # type: ignore[untyped-decorator]  # Celery has no types
@beat_init.connect  # type: ignore[untyped-decorator]  # Celery has no types
def refuse_tasks_without_policy(**_: Any) -> None:
    """Workers and beat do not start with a task that breaks the policy; Celery runs the checks but ignores them."""
    django.setup()
    errors = [message for message in checks.run_checks(tags=["background"]) if message.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(str(error) for error in errors))
