"""Which airport a reader sees and a writer holds, and what keeps them from it."""

from collections.abc import Collection

from airports.models import Airport
from config.common.problems import Conflict, NotFound, Stale
from config.common.texts import gettext as _


def visible_airport(*, airport_id: int) -> Airport:
    """The airport, flagged or not. Raises `NotFound`."""
    return _found(Airport.objects.filter(pk=airport_id).first())


def hold_airport(*, airport_id: int, versions: Collection[int] | None) -> Airport:
    """The live airport, locked until the transaction ends. `versions` are those that the writer knows; None is any.

    Raises `NotFound`, `Conflict` for one with the deletion flag, `Stale` where its version is another.
    """
    airport = _held(airport_id)
    if airport.is_deleted:
        raise Conflict(_("This airport is flagged as deleted; restore it first."))
    _check(airport, versions)
    return airport


def hold_flagged_airport(*, airport_id: int, versions: Collection[int] | None) -> Airport:
    """As `hold_airport`, for one with the deletion flag; `Conflict` where it has none."""
    airport = _held(airport_id)
    if not airport.is_deleted:
        raise Conflict(_("This airport is not flagged as deleted."))
    _check(airport, versions)
    return airport


def _held(airport_id: int) -> Airport:
    return _found(Airport.objects.locked(airport_id))


def _found(airport: Airport | None) -> Airport:
    if airport is None:
        raise NotFound(_("There is no such airport."))
    return airport


def _check(airport: Airport, versions: Collection[int] | None) -> None:
    if versions is not None and airport.version not in versions:
        raise Stale(
            _("The airport has changed since you read it: it is at version %(version)s now.")
            % {"version": str(airport.version)}
        )
