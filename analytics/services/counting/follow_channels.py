"""Counts again which residents are related where staff gave a channel an alias, or took it back.

The segments of an alias are its channel's by the question alone. Of pairs it is counted what both have in common, so
two residents of a channel under two of its names are counted as such."""

import pglock
from django.db import connection, transaction

from analytics.models import CountedAlias, DeliverySpelling, ImportDemand, Spelling
from analytics.services.counting.publish_segments import WRITER

_ALIASES = """
    SELECT alias.fold, thing.fold AS channel
    FROM imports_channel AS alias JOIN imports_channel AS thing ON thing.id = alias.alias_of_id
"""
_MOVED = f"""
    SELECT fold, given.channel FROM ({_ALIASES}) AS given
    FULL JOIN analytics_countedalias AS counted USING (fold)
    WHERE given.channel IS DISTINCT FROM counted.channel
"""  # nosec B608 # joins constants alone


def moved_channels() -> dict[str, str | None]:
    """The folds by whose aliases it was not counted yet, and of which channel each is now; None: of none."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED)
        return dict(cursor.fetchall())


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
    concerned = ImportDemand.objects.filter(pk__in=spelled.values("delivery"), delivery__status="complete")
    # No delivery has this revision.
    return concerned.update(revision=-1)
