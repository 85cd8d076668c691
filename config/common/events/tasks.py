"""Sends what is due in the background, and clears away what is old."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from config.common.background.policy import BackgroundTask, background_task
from config.common.background.publishing import enqueue
from config.common.background.services.clear_expired import clears
from config.common.background.sweeping import SWEPT_EXPIRES, sweep
from config.common.events.models import Event, Notice
from config.common.events.services.record import SEND
from config.common.events.services.send import send_due
from config.common.events.services.weekly import record_weekly

# After so long a run gives way to other work; the last attempt may take a quarter of a minute more.
_SECONDS = 30.0

logger = structlog.get_logger(__name__)


@background_task(SEND, queue="default", expires=600)
def send(self: BackgroundTask, **kwargs: Any) -> None:
    """Sends what is due; what is left after a while is a new message's. Two runs at a time take different notices."""
    if send_due(seconds=_SECONDS):
        enqueue(SEND)


@sweep(SEND)
def sweep_notices() -> None:
    """Finds events that nobody was told of, and notices that are due: new, to be tried again, or of a killed worker."""
    if Event.objects.untold().exists() or Notice.objects.due(timezone.now()).exists():
        enqueue(SEND, expires=SWEPT_EXPIRES)


@background_task("events.weekly", queue="default", title=gettext_lazy("Send the weekly digest"))
def weekly(self: BackgroundTask, **kwargs: Any) -> None:
    """Writes the weekly events."""
    logger.info("weekly_recorded", events=record_weekly())


@clears("events")
def old_events(now: datetime) -> QuerySet[Any]:
    """Finds events that are older than they are kept, and of which nothing waits to be sent any more."""
    old = Event.objects.filter(created_at__lt=now - timedelta(days=settings.EVENTS_KEPT_DAYS), told_at__isnull=False)
    if settings.KAFKA_BOOTSTRAP_SERVERS:
        old = old.exclude(pk__in=Event.objects.wanted_by_kafka())
    return old.exclude(notices__due_at__isnull=False)
