"""Writes into the outbox what happened."""

from config.common.background.publishing import enqueue
from config.common.events.kinds import JSON, kind_named
from config.common.events.models import Event, Subscription

SEND = "events.send"


def record(kind: str, about: str, data: JSON) -> Event:
    """Writes down that something of this `kind` happened. Call it in the transaction of what happened.

    `about` is the address of it in the API, `/imports/17`; `data` has the members that the kind declares, and no
    personal data. Raises `ValueError` for another kind or other members.
    """
    known = kind_named(kind)
    if known is None or set(data) != set(known.fields):
        raise ValueError(f"{kind}: {sorted(data)} is not what this kind of event declares.")
    event = Event.objects.create(kind=kind, about=about, data=dict(data))
    if Subscription.objects.asking_for(kind).exists():
        # The sweep finds it too, a little later.
        enqueue(SEND)
    return event
