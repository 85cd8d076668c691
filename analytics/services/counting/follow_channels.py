"""Counts again which residents are related where staff gave a channel an alias, or took it back.

The segments of an alias are its channel's by the question alone. Of pairs it is counted what both have in common, so
two residents of a channel under two of its names are counted as such."""

import pglock
from django.db import transaction

from analytics.models import CountedAlias, DeliverySpelling, ImportDemand, Spelling
from analytics.services.counting.publish_segments import WRITER
from imports.models import Channel


def moved_channels() -> dict[str, str | None]:
    """Finds the folds by whose aliases it was not counted yet, and of which channel each is now; None: of none."""
    given = dict(Channel.objects.exclude(alias_of=None).values_list("fold", "alias_of__fold"))
    counted = dict(CountedAlias.objects.values_list("fold", "channel"))
    return {fold: given.get(fold) for fold in {**given, **counted} if given.get(fold) != counted.get(fold)}


@transaction.atomic
def follow_channels() -> int:
    """Lets the imports with such channels be stale; how many they are. An erased one stays as it was counted."""
    pglock.advisory(WRITER, xact=True).acquire()
    moved = moved_channels()
    if not moved:
        return 0
    CountedAlias.objects.filter(pk__in=moved).delete()
    CountedAlias.objects.bulk_create(CountedAlias(fold, channel) for fold, channel in moved.items() if channel)
    spelled = DeliverySpelling.objects.filter(kind=Spelling.Kind.CHANNEL, fold__in=moved)
    return ImportDemand.objects.filter(pk__in=spelled.values("delivery"), delivery__status="complete").mark_stale()
