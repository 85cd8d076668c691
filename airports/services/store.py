"""Writes one airport and its history: the last step of every service that changes one."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from airports.models import Airport
from airports.services.history import record_history
from airports.services.tell_changes import tell_changes
from config.common.problems import Conflict, FieldError
from config.common.texts import gettext as _

_CODES = {"airport_iata_unique": "iata", "airport_icao_unique": "icao"}
_DUPLICATE = _("Another airport has this code.")


def store(airport: Airport, *, actor: User | None, at: datetime | None = None, reason: str | None = None) -> Airport:
    """Inserts a new airport, or writes a locked one with its version one higher; the history names `actor` and, in at
    most 100 characters, the `reason`.

    Call it in a transaction. Raises `Conflict` with the code `duplicate_code` where another live airport has one of
    its codes; the transaction can go on then.
    """
    now = at or timezone.now()
    airport._history_user, airport._history_date, airport._change_reason = actor, now, reason
    is_new = airport.pk is None
    if not is_new:
        _record_origin(airport)
        airport.version += 1
        airport.updated_at = now
    try:
        # A savepoint: the unique indexes are the judges, also between two requests at the same moment.
        with transaction.atomic():
            airport.save()
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if constraint not in _CODES:
            raise
        raise _duplicate(airport, _CODES[constraint]) from error
    tell_changes(airport_id=airport.pk, created=int(is_new), changed=int(not is_new))
    return airport


def _record_origin(airport: Airport) -> None:
    """Begins the history of an airport that came into the table by SQL, as it was before its first change."""
    if airport.version == 1 and not Airport.history.filter(id=airport.pk).exists():
        record_history(airport_ids=[airport.pk], kind="+", actor=None, at=airport.created_at)


def taken_codes(*, airport_id: int | None, codes: Mapping[str, object]) -> list[str]:
    """Names those of `codes` (`iata`, `icao`) that a live airport other than `airport_id` has."""
    others = Airport.objects.live().exclude(pk=airport_id or 0)
    return [name for name in _CODES.values() if codes.get(name) and others.filter(**{name: codes[name]}).exists()]


def _duplicate(airport: Airport, refused: str) -> Conflict:
    """Names every code that is taken: the index stops at the first, and its holder may be gone by now."""
    taken = taken_codes(airport_id=airport.pk, codes={name: getattr(airport, name) for name in _CODES.values()})
    return duplicate_code(taken or [refused])


def duplicate_code(names: Iterable[str]) -> Conflict:
    """The refusal of the codes in these fields."""
    errors = [FieldError(f"/{name}", "duplicate_code", _DUPLICATE) for name in names]
    return Conflict(_("%(reason)s Nothing was stored.") % {"reason": _DUPLICATE}, errors=errors)
