"""Applies the change behind a link, once."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from airports.models import Airport, PendingChange
from airports.services.pending_changes import check_open, check_version, find_change
from airports.services.store import store
from airports.services.transactions import in_transaction

_MAX_REASON = 100


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The airport as it is now, and the change that was applied."""

    airport: Airport
    change: PendingChange


def confirm_change(*, token: str, actor: User) -> Confirmed:
    """The airport that the link made or changed; the history names `actor`, and who asked.

    Raises `NotFound`, `Forbidden`, `Conflict` for a link that was used, `Gone` for one that expired, `Outdated`, and
    `Conflict` (`duplicate_code`) where another airport has taken a code; after that one the link can be used again.
    """

    def write() -> Confirmed:
        change = find_change(token=token, actor=actor)
        if not PendingChange.objects.claim(change.pk, timezone.now()):
            # Read again: somebody else has applied it, or its time has run out.
            check_open(find_change(token=token, actor=actor))
        airport = store(_changed(change), actor=actor, reason=_reason(change))
        PendingChange.objects.filter(pk=change.pk).update(result_id=airport.pk)
        return Confirmed(airport, change)

    return in_transaction(write)


def _changed(change: PendingChange) -> Airport:
    """The airport to store: a new one, or the locked one with the new values."""
    if change.airport_id is None:
        return Airport(**change.changes)
    airport = check_version(change, Airport.objects.locked(change.airport_id))
    for name, value in change.changes.items():
        setattr(airport, name, value)
    return airport


def _reason(change: PendingChange) -> str:
    asked_by = change.asked_by.get_username() if change.asked_by else "somebody who is gone"
    return f"by a link that {asked_by} asked for"[:_MAX_REASON]
