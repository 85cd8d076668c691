"""Makes notices of events: who is to hear of what."""

from django.db import transaction
from django.utils import timezone

from config.common.events.kinds import kind_named
from config.common.events.models import Event, Notice, Subscription

_AT_ONCE = 100


@transaction.atomic
def fan_out() -> int:
    """Makes the notices of the oldest events that have none yet: how many events it looked at.

    Events that another worker has in hand are passed over, so each is looked at once.
    """
    events = list(Event.objects.untold().select_for_update(skip_locked=True)[:_AT_ONCE])
    notices = [Notice(event=event, subscription=one) for event in events for one in _hearers(event)]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    Event.objects.filter(pk__in=[event.pk for event in events]).update(told_at=timezone.now())
    return len(events)


def _hearers(event: Event) -> list[Subscription]:
    kind = kind_named(event.kind)
    if kind is None:
        return []
    asking = Subscription.objects.asking_for(event.kind).select_related("user")
    return [one for one in asking if kind.is_for(one.user)]
