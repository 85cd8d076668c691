"""Reads of subscriptions and of what is sent for them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db import models

from config.common.events.kinds import published_kinds

if TYPE_CHECKING:
    # ruff does not look into the brackets of a base.
    from config.common.events.models import Attempt, Event, Notice, Subscription  # noqa: F401

SEE_ALL = "events.view_subscription"


class EventQuerySet(models.QuerySet["Event"]):
    """What is asked of the outbox."""

    def untold(self) -> "EventQuerySet":
        """Those for which nobody has looked yet who is to hear of them, the oldest first."""
        return self.filter(told_at=None).order_by("id")

    def unrelayed(self) -> "EventQuerySet":
        """Those that have not been put into a batch for Kafka, of kinds that go there, the oldest first."""
        return self.filter(batch=None, kind__in=published_kinds()).order_by("id")

    def wanted_by_kafka(self) -> "EventQuerySet":
        """Those that have not left, and the last batch, of which it may not be known whether it arrived."""
        last = self.aggregate(last=models.Max("batch"))["last"]
        return self.filter(models.Q(pk__in=self.unrelayed().values("pk")) | models.Q(batch__isnull=False, batch=last))


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """What is asked of subscriptions."""

    def webhooks(self) -> "SubscriptionQuerySet":
        """Those of programs."""
        return self.filter(channel="webhook")

    def visible_to(self, actor: User) -> "SubscriptionQuerySet":
        """The actor's own; all of them for who may see all."""
        return self.all() if actor.has_perm(SEE_ALL) else self.filter(user=actor)

    def asking_for(self, kind: str) -> "SubscriptionQuerySet":
        """Those that are switched on and name the kind."""
        return self.filter(is_active=True, events__contains=[kind])


class NoticeQuerySet(models.QuerySet["Notice"]):
    """What is asked of notices."""

    def due(self, now: datetime) -> "NoticeQuerySet":
        """Those that are to be sent by now, who waited longest first."""
        return self.filter(due_at__lte=now).order_by("due_at", "id")
