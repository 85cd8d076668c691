"""Flags an airport as deleted: it leaves the lists and gives its codes free, until it is restored or purged."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.utils import timezone

from airports.models import Airport
from airports.services.access import hold_airport
from airports.services.store import store
from airports.services.transactions import in_transaction


def flag_airport(*, airport_id: int, actor: User | None, versions: Collection[int] | None = None) -> Airport:
    """The airport with the deletion flag. Raises `NotFound`, `Stale`, and `Conflict` where it has the flag already."""

    def write() -> Airport:
        airport = hold_airport(airport_id=airport_id, versions=versions)
        airport.is_deleted, airport.deleted_at = True, timezone.now()
        return store(airport, actor=actor, at=airport.deleted_at)

    return in_transaction(write)
