"""Writes into the outbox what happened."""

from django.conf import settings
from django.utils import timezone

from config.common.background.publishing import enqueue
from config.common.events.kinds import JSON, kind_named
from config.common.events.models import Event, Subscription

SEND = "events.send"


def record(kind: str, about: str, data: JSON) -> Event:
    """Writes down that something of this `kind` happened. Call it in the transaction of what happened.

    `about` is the address of it in the API, `/imports/17`; `data` has the members that the kind declares, and no
    personal data. Raises `ValueError` for another kind or other members.
    """
    _expect_declared(kind, data)
    event = Event.objects.create(kind=kind, about=about, data=dict(data))
    if Subscription.objects.asking_for(kind).exists():
        # The sweep finds it too, a little later.
        enqueue(SEND)
    return event


def announce(kind: str, about: str, data: JSON) -> None:
    """As `record`, of a kind that nobody subscribes to: written down only where there is a Kafka to read it."""
    _expect_declared(kind, data)
    if settings.KAFKA_BOOTSTRAP_SERVERS:
        Event.objects.create(kind=kind, about=about, data=dict(data), told_at=timezone.now())


def _expect_declared(kind: str, data: JSON) -> None:
    known = kind_named(kind)
    if known is None or set(data) != set(known.fields):
        raise ValueError(f"{kind}: {sorted(data)} is not what this kind of event declares.")
