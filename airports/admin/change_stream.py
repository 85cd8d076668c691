"""What the change log reads of airports: their history."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from airports.admin.formatting import action_called, differences
from airports.models import Airport
from airports.services.history import all_history, changes_in, of_fields
from config.common.changes.services.called import fields_meant
from config.common.changes.services.streams import Asked, Entry, Stream, name_of


class AirportStream(Stream):
    """Every version of every airport; the page of the version before has the button that brings that one back."""

    at, by = "history_date", "history_user"

    def kinds(self, user: User) -> Mapping[str, str]:
        return {"airports.airport": _("Airport")} if user.has_perm("airports.view_historicalairport") else {}

    def rows(self, asked: Asked, user: User) -> QuerySet[Any]:
        rows = all_history().select_related("history_user")
        if asked.source or asked.numbers:
            return rows.none()
        if not user.has_perm("airports.delete_airport"):
            # What is flagged is not there for them.
            rows = rows.exclude(id__in=Airport.objects.filter(is_deleted=True).values("pk"))
        if asked.field:
            rows = of_fields(rows, fields_meant("airports.airport", asked.field))
        if asked.words:
            rows = rows.filter(Q(name__icontains=asked.words) | Q(city__icontains=asked.words))
        return rows

    def entries(self, rows: Sequence[Any], user: User) -> list[Entry]:
        may_revert = user.has_perm("airports.change_airport")
        return [_entry(row, changes_in(row), may_revert) for row in rows]


def _entry(row: Any, changes: dict[str, dict[str, Any]], may_revert: bool) -> Entry:
    before = (row.id, row.before_id)
    return Entry(
        at=row.history_date,
        by=name_of(row.history_user),
        kind=_("Airport"),
        subject=row.name,
        action=action_called(row.history_type, changes),
        # What was made is behind the link.
        changes=[(one.label, one.before, one.after) for one in differences(changes)] if row.before_id else [],
        link=reverse("admin:airports_airport_history", args=(row.id,)),
        undo=reverse("admin:airports_airport_simple_history", args=before) if may_revert and row.before_id else "",
    )
