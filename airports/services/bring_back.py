"""Brings back what the history of an airport keeps."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import User

from airports.fields import NAMES
from airports.models import Airport
from airports.services.history import version_of
from airports.services.store import store
from airports.services.transactions import in_transaction
from airports.services.update_airport import update_airport
from config.common.problems import Conflict
from config.common.texts import gettext as _


def revert_airport(
    *, airport_id: int, history_id: int, actor: User | None, versions: Collection[int] | None = None
) -> Airport:
    """The airport with the fields of that entry of its history. Where nothing differs, nothing is written.

    Raises what `update_airport` raises, and `NotFound` for an entry that is not there.
    """
    entry = version_of(airport_id=airport_id, history_id=history_id)
    reason = f"back to version {entry.version}"
    return update_airport(airport_id=airport_id, values=_values(entry), actor=actor, versions=versions, reason=reason)


def recreate_airport(*, airport_id: int, history_id: int, actor: User | None) -> Airport:
    """A new airport, with a number of its own, as that entry of one that was deleted for good.

    Raises `NotFound`, and `Conflict` where the airport is there, or where another live one has one of its codes
    (`duplicate_code`).
    """
    entry = version_of(airport_id=airport_id, history_id=history_id)

    def write() -> Airport:
        if Airport.objects.filter(pk=airport_id).exists():
            raise Conflict(_("This airport has not been deleted for good."))
        reason = f"made again of airport {airport_id}, version {entry.version}"
        return store(Airport(**_values(entry)), actor=actor, reason=reason)

    return in_transaction(write)


def _values(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in NAMES}
