"""Whoever asks for an import that came a moment ago has its demand at once, and does not wait for the next refresh."""

from contextlib import suppress

from analytics.models import ImportDemand
from analytics.services.counting.refresh_import import NotCounted, refresh_import
from config.common.replicas.turning import require_primary
from imports.models import Import

# So many are counted in a fraction of a second. A larger import is left to the refresh, which is under way.
MOST_RESIDENTS = 100_000


def count_if_new(import_id: int | None) -> None:
    """Counts a complete import of no great size that was never counted. Of any other, and of None, nothing.

    The answer after it is read in a snapshot of its own, so this comes before.
    """
    if import_id is None or ImportDemand.objects.filter(pk=import_id).exists():
        return
    require_primary()
    is_small = {"pk": import_id, "status": Import.Status.COMPLETE, "citizen_count__lte": MOST_RESIDENTS}
    if Import.objects.live().filter(**is_small).exists():
        with suppress(NotCounted):
            refresh_import(import_id=import_id)
