"""The history of airports: who changed what, when. It survives the airport."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from django.contrib.auth.models import User
from django.db import connection

from airports.models import Airport

Kind = Literal["+", "~", "-"]

_COLUMNS = ", ".join(field.column for field in Airport.history.model.tracked_fields)
# One statement, however many rows: an upload writes thousands.
_RECORD = f"""
    INSERT INTO airports_historicalairport
        ({_COLUMNS}, history_date, history_type, history_user_id, history_change_reason)
    SELECT {_COLUMNS}, %s, %s, %s, %s FROM airports_airport WHERE id = ANY (%s) ORDER BY id
"""


def record_history(
    *, airport_ids: Collection[int], kind: Kind, actor: User | None, at: datetime, reason: str | None = None
) -> None:
    """Writes down these airports as they are now: `+` made, `~` changed, `-` about to be deleted.

    `reason` says by which way, in at most 100 characters. Call it in the transaction of the change.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [at, kind, actor.pk if actor else None, reason, list(airport_ids)])
