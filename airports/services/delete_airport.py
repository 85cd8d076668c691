"""Deletes an airport for good; its history stays."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.utils import timezone

from airports.services.access import hold_airport
from airports.services.tell_changes import tell_changes
from airports.services.transactions import in_transaction


def delete_airport(*, airport_id: int, actor: User | None, versions: Collection[int] | None = None) -> None:
    """Raises `NotFound`, `Stale`, and `Conflict` for one with the deletion flag, which only the purge removes."""

    def write() -> None:
        airport = hold_airport(airport_id=airport_id, versions=versions)
        airport._history_user, airport._history_date = actor, timezone.now()
        airport.delete()
        tell_changes(airport_id=airport_id, deleted=1)

    in_transaction(write)
