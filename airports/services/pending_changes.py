"""Finding the change behind a link, and what keeps it from being confirmed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.contrib.auth.models import User
from django.utils import timezone

from airports.fields import NAMES, Value
from airports.models import Airport, PendingChange
from config.common.problems import Conflict, Forbidden, Gone, NotFound
from config.common.texts import gettext as _

Differences = dict[str, dict[str, Value]]

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_NEEDED = {
    PendingChange.Action.CREATE: "airports.add_airport",
    PendingChange.Action.UPDATE: "airports.change_airport",
}


class Outdated(Conflict):
    """The airport is not as it was when the link was made. `asked` and `present` are its two versions, the present
    one None where it was deleted for good."""

    def __init__(self, *, asked: Mapping[str, object], present: Mapping[str, object] | None) -> None:
        text = _(
            "The airport has changed since this link was made: it was at version %(before)s, it is at version %(now)s "
            "now. Nothing was stored."
        )
        if not present:
            text = _(
                "The airport has changed since this link was made: it was at version %(before)s, it has been deleted "
                "for good since. Nothing was stored."
            )
        super().__init__(
            text % {"before": str(asked["version"]), "now": str(present["version"]) if present else ""},
            extensions={"versions": {"asked": asked, "present": present}},
        )
        self.asked = asked
        self.present = present


@dataclass(frozen=True, slots=True)
class Preview:
    """What confirming would do."""

    change: PendingChange
    differences: Differences


def hash_of(token: str) -> str:
    """What the database keeps of a token."""
    return sha256(token.encode()).hexdigest()


def preview_change(*, token: str, actor: User) -> Preview:
    """What the link would change, without changing it.

    Raises `NotFound` for an unknown token, `Forbidden` where `actor` may not make that change, `Conflict` for one
    that was used, `Gone` for one that expired, `Outdated`.
    """
    change = find_change(token=token, actor=actor)
    check_open(change)
    if change.airport_id is not None:
        check_version(change, Airport.objects.filter(pk=change.airport_id).first())
    return Preview(change, differences_of(change))


def find_change(*, token: str, actor: User) -> PendingChange:
    """The change that `token` opens, in whatever state. Raises `NotFound`, `Forbidden`."""
    change = PendingChange.objects.of_token(hash_of(token)) if _TOKEN.fullmatch(token) else None
    if change is None:
        raise NotFound(_("There is no such link. Was it copied whole?"))
    if not may_decide(change, actor):
        raise Forbidden(_("Your role does not allow this change."))
    return change


def may_decide(change: PendingChange, actor: User) -> bool:
    """Whether `actor` may confirm the change, or withdraw it: who may make it without a link."""
    return actor.has_perm(_NEEDED[PendingChange.Action(change.action)])


def check_open(change: PendingChange) -> None:
    """Raises `Conflict` where it was applied already, `Gone` where it is too late or was withdrawn."""
    if change.applied_at is not None:
        raise Conflict(_("This link has been used already."))
    if change.withdrawn_at is not None:
        raise Gone(_("This link was withdrawn. Nothing was stored."))
    if change.expires_at <= timezone.now():
        raise Gone(_("This link has expired. Nothing was stored."))


def check_version(change: PendingChange, airport: Airport | None) -> Airport:
    """The `airport`, which is at the version that the link was made from. Raises `Outdated`."""
    if airport is None or airport.version != change.airport_version:
        asked = {"version": change.airport_version, **(change.before or {}), "is_deleted": False}
        raise Outdated(asked=asked, present=_snapshot(airport) if airport else None)
    return airport


def _snapshot(airport: Airport) -> dict[str, object]:
    return {"version": airport.version, **values_of(airport), "is_deleted": airport.is_deleted}


def values_of(airport: Airport) -> dict[str, Value]:
    """Every field that can be set."""
    return {name: getattr(airport, name) for name in NAMES}


def differences_of(change: PendingChange) -> Differences:
    """Field → `{"from", "to"}`, in the order of the fields; of a new airport, the fields that are known."""
    before = change.before or {}
    new = {name: change.changes[name] for name in NAMES if name in change.changes}
    return {name: {"from": before.get(name), "to": value} for name, value in new.items() if value != before.get(name)}
