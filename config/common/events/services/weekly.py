"""What happens by the calendar alone."""

from django.db import transaction
from django.utils import timezone

from config.common.background.single import once_every
from config.common.events.kinds import all_kinds
from config.common.events.services.record import record

# A second beat sends its message at the same time, and Redis may hand one out twice.
_PAUSE_SECONDS = 3600


@transaction.atomic
def record_weekly() -> int:
    """Writes down that a week has passed, for each kind that is told weekly: how many."""
    year, week, _ = timezone.localtime().isocalendar()
    kinds = [kind for kind in all_kinds() if kind.is_weekly]
    due = [kind for kind in kinds if once_every(f"events.weekly:{kind.name}", seconds=_PAUSE_SECONDS)]
    for kind in due:
        record(kind.name, kind.about, {"week": f"{year}-W{week:02}"})
    return len(due)
