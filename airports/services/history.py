"""The history of airports: who changed what, when. It survives the airport."""

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Literal

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField, Value, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, JSONObject, Lag

from airports.fields import NAMES
from airports.models import Airport
from config.common.problems import NotFound
from config.common.texts import gettext as _

Kind = Literal["+", "~", "-"]

_COLUMNS = ", ".join(field.column for field in Airport.history.model.tracked_fields)
_COMPARED = (*NAMES, "is_deleted")
# One statement, however many rows: an upload writes thousands.
_RECORD = f"""
    INSERT INTO airports_historicalairport
        ({_COLUMNS}, history_date, history_type, history_user_id, history_change_reason)
    SELECT {_COLUMNS}, %s, %s, %s, %s FROM airports_airport WHERE id = ANY (%s) ORDER BY id
"""  # nosec B608 # joins constants alone; values are parameters

# Airports that came into the table by plain SQL have no history: it begins with what they were before.
_RECORD_ORIGINS = f"""
    INSERT INTO airports_historicalairport
        ({_COLUMNS}, history_date, history_type, history_user_id, history_change_reason)
    SELECT {_COLUMNS}, created_at, '+', NULL, NULL FROM airports_airport a
    WHERE id = ANY (%s) AND version = 1 AND NOT EXISTS (SELECT FROM airports_historicalairport h WHERE h.id = a.id)
    ORDER BY id
"""  # nosec B608 # joins constants alone; values are parameters


def record_origins(*, airport_ids: Collection[int]) -> None:
    """Begins the history of those that have none, as they are before their first change."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORD_ORIGINS, [list(airport_ids)])


def record_history(
    *, airport_ids: Collection[int], kind: Kind, actor: User | None, at: datetime, reason: str | None = None
) -> None:
    """Writes down these airports as they are now: `+` made, `~` changed, `-` about to be deleted.

    `reason` says by which way, in at most 100 characters. Call it in the transaction of the change.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [at, kind, actor.pk if actor else None, reason, list(airport_ids)])


def history_of(*, airport_id: int) -> QuerySet[Any]:
    """The entries of an airport, newest first, each with `before`: the fields as they were, or None in the first.

    Raises `NotFound` for an airport that never was.
    """
    entries = Airport.history.filter(id=airport_id)
    if not entries.exists() and not Airport.objects.filter(pk=airport_id).exists():
        raise NotFound(_("There is no such airport."))
    before = Window(Lag(JSONObject(**{name: name for name in _COMPARED})), order_by=F("history_id").asc())
    rows: QuerySet[Any] = entries.select_related("history_user").annotate(before=before).order_by("-history_id")
    return rows


def all_history() -> QuerySet[Any]:
    """The entries of all airports, each with `before` as in `history_of`, and `before_id`, the number of that entry;
    put them in order and take a few."""
    before = Subquery(_before().values(fields=JSONObject(**{name: name for name in _COMPARED}))[:1])
    before_id = Subquery(_before().values("history_id")[:1])
    rows: QuerySet[Any] = Airport.history.annotate(before=before, before_id=before_id)
    return rows


def of_fields(rows: QuerySet[Any], names: Collection[str]) -> QuerySet[Any]:
    """Those of `rows` that changed any of these fields."""
    compared = [name for name in _COMPARED if name in names]
    found: QuerySet[Any] = rows.exclude(history_type="-").alias(**{f"was_{name}": _was(name) for name in compared})
    return found.filter(reduce(or_, (~Q((f"was_{name}", _text(F(name)))) for name in compared), Q(pk=None)))


def _was(name: str) -> Combinable:
    return _text(Subquery(_before().values(name)[:1]))


def _text(value: Combinable) -> Combinable:
    # An empty text is never stored.
    return Coalesce(Cast(value, TextField()), Value("", TextField()))


def _before() -> QuerySet[Any]:
    earlier = Airport.history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    rows: QuerySet[Any] = earlier.order_by("-history_id")
    return rows


def changes_in(entry: Any) -> dict[str, dict[str, Any]]:
    """What an entry of `history_of` changed: field → `{"from", "to"}`. A deletion changes no field."""
    if entry.history_type == "-":
        return {}
    before = entry.before or dict.fromkeys(NAMES) | {"is_deleted": False}
    changes = {name: {"from": before[name], "to": getattr(entry, name)} for name in _COMPARED}
    return {name: change for name, change in changes.items() if change["from"] != change["to"]}


def version_of(*, airport_id: int, history_id: int) -> Any:
    """One entry of the history. Raises `NotFound`."""
    entry = Airport.history.select_related("history_user").filter(id=airport_id, history_id=history_id).first()
    if entry is None:
        raise NotFound(_("There is no such version of this airport."))
    return entry
