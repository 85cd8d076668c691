"""Keeps a change for whoever confirms it by its link."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from airports.fields import Value
from airports.models import PendingChange
from airports.services.access import hold_airport
from airports.services.pending_changes import hash_of, values_of
from airports.services.store import duplicate_code, taken_codes
from airports.services.transactions import in_transaction
from config.common.problems import FieldError, InvalidInput
from config.common.texts import gettext as _

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Requested:
    """A change that was kept. `token` opens it and is nowhere else."""

    token: str
    change: PendingChange


def request_creation(*, values: Mapping[str, Value], actor: User | None) -> Requested:
    """Keeps a new airport. Raises `Conflict` where a live airport has one of its codes (`duplicate_code`)."""
    _refuse_taken_codes(None, values)
    return _keep(PendingChange(action=PendingChange.Action.CREATE, changes=dict(values), asked_by=actor))


def request_change(
    *, airport_id: int, values: Mapping[str, Value], actor: User | None, versions: Collection[int] | None = None
) -> Requested:
    """Keeps those of the `values` that differ from the airport's.

    `versions` are the ones that the caller knows; None is any. Raises `NotFound`, `Stale`, `Conflict` for a flagged
    airport and for a code of another (`duplicate_code`), `InvalidInput` (`no_change`) where nothing differs.
    """

    def keep() -> Requested:
        airport = hold_airport(airport_id=airport_id, versions=versions)
        before = values_of(airport)
        changes = {name: value for name, value in values.items() if value != before[name]}
        if not changes:
            raise _no_change(values)
        _refuse_taken_codes(airport_id, changes)
        return _keep(
            PendingChange(
                action=PendingChange.Action.UPDATE,
                airport_id=airport_id,
                airport_version=airport.version,
                before=before,
                changes=changes,
                asked_by=actor,
            )
        )

    return in_transaction(keep)


def _keep(change: PendingChange) -> Requested:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    change.token_hash = hash_of(token)
    change.expires_at = timezone.now() + settings.AIRPORT_LINK_LIFETIME
    change.save()
    return Requested(token, change)


def _refuse_taken_codes(airport_id: int | None, values: Mapping[str, Value]) -> None:
    if taken := taken_codes(airport_id=airport_id, codes=values):
        raise duplicate_code(taken)


def _no_change(values: Mapping[str, Value]) -> InvalidInput:
    errors = [FieldError(f"/{name}", "no_change", _("The airport has this value already.")) for name in values]
    return InvalidInput(_("This would change nothing. Nothing was stored."), errors=errors)
