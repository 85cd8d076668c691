"""Takes the deletion flag off an airport."""

from collections.abc import Collection

from django.contrib.auth.models import User

from airports.models import Airport
from airports.services.access import hold_flagged_airport
from airports.services.store import store
from airports.services.transactions import in_transaction


def restore_airport(*, airport_id: int, actor: User | None, versions: Collection[int] | None = None) -> Airport:
    """The airport as it was. Raises `NotFound`, `Stale`, and `Conflict` where it has no flag or where another live
    airport has taken one of its codes (`duplicate_code`)."""

    def write() -> Airport:
        airport = hold_flagged_airport(airport_id=airport_id, versions=versions)
        airport.is_deleted, airport.deleted_at = False, None
        return store(airport, actor=actor)

    return in_transaction(write)
