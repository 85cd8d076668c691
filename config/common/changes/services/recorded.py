"""The log's stream of what services wrote down with `record_change`."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from config.common.changes.models import RecordedChange
from config.common.changes.services.called import changes_in, fields_meant
from config.common.changes.services.streams import Asked, Entry, Stream, mentioning, name_of
from config.common.domain import domains


class RecordedStream(Stream):
    """Of the models that apps declare in `DomainConfig.recorded_models`; whoever may view one sees its changes."""

    at, by = "at", "by"

    def models(self) -> list[str]:
        """Of which models it has changes."""
        return [name for config in domains() for name in config.recorded_models]

    def kinds(self, user: User) -> Mapping[str, str]:
        return {name: _called(name) for name in self.models() if _may_see(user, name)}

    def rows(self, asked: Asked, user: User) -> QuerySet[Any]:
        wanted = [kind for kind in self.kinds(user) if not asked.kinds or kind in asked.kinds]
        rows = RecordedChange.objects.filter(model__in=wanted).select_related("by")
        if not user.is_superuser:
            rows = rows.filter(is_restricted=False)
        if asked.field:
            rows = rows.filter(_changing(asked.field, wanted))
        if asked.words:
            rows = rows.filter(Q(name__icontains=asked.words) | Q(pk__in=mentioning(rows, asked.words).values("pk")))
        return rows.none() if asked.source else rows

    def entries(self, rows: Sequence[RecordedChange], user: User) -> list[Entry]:
        gone = _deleted(rows)
        return [
            Entry(
                at=row.at,
                by=name_of(row.by),
                kind=_called(row.model),
                # One without a name of its own is what it is.
                subject=row.name or _called(row.model),
                action=row.get_action_display(),
                changes=changes_in(row.model, row.changes),
                link="" if row.row_id is None or (row.model, row.row_id) in gone else _page(row),
            )
            for row in rows
        ]


def _changing(field: str, models: Sequence[str]) -> Q:
    """Rows of the models that changed what each calls `field`."""
    each = (Q(model=model, changes__has_any_keys=fields_meant(model, field)) for model in models)
    return reduce(or_, each, Q(pk=None))


def _may_see(user: User, model: str) -> bool:
    app_label, name = model.split(".")
    return user.has_perm(f"{app_label}.view_{name}")


def _called(model: str) -> str:
    return capfirst(str(apps.get_model(model)._meta.verbose_name))


def _deleted(rows: Sequence[RecordedChange]) -> set[tuple[str, int | None]]:
    """Those of which it is written down that they were deleted."""
    if not rows:
        return set()
    these = reduce(or_, (Q(model=row.model, row_id=row.row_id) for row in rows))
    deleted = RecordedChange.objects.filter(these, action=RecordedChange.Action.DELETED)
    return set(deleted.values_list("model", "row_id"))


def _page(row: RecordedChange) -> str:
    try:
        return reverse(f"admin:{row.model.replace('.', '_')}_change", args=(row.row_id,))
    except NoReverseMatch:
        return ""
