"""Changes an airport."""

from collections.abc import Collection, Mapping

from django.contrib.auth.models import User

from airports.fields import Value
from airports.models import Airport
from airports.services.access import hold_airport
from airports.services.store import store
from airports.services.transactions import in_transaction


def update_airport(
    *,
    airport_id: int,
    values: Mapping[str, Value],
    actor: User | None,
    versions: Collection[int] | None = None,
    reason: str | None = None,
) -> Airport:
    """The airport with the new `values`, parsed by `airports.fields`. Where nothing differs, nothing is written.

    `versions` are the ones that the caller knows; None is any. The history gives the `reason`. Raises `NotFound`,
    `Stale` for another version, and `Conflict` for one that is flagged as deleted or for a code of another live
    airport (`duplicate_code`).
    """

    def write() -> Airport:
        airport = hold_airport(airport_id=airport_id, versions=versions)
        differing = {name: value for name, value in values.items() if getattr(airport, name) != value}
        for name, value in differing.items():
            setattr(airport, name, value)
        return store(airport, actor=actor, reason=reason) if differing else airport

    return in_transaction(write)
