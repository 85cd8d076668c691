"""What the change log reads of deliveries: when they came, what was decided, what was renamed and corrected in them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from config.common.changes.models import RecordedChange
from config.common.changes.services.called import changes_in, field_called, fields_meant
from config.common.changes.services.recorded import RecordedStream
from config.common.changes.services.streams import Asked, Entry, Stream, mentioning, name_of
from imports.admin.history import cut
from imports.models import Citizen, Correction, Import, Rename
from imports.querysets import SEE_ALL, SEE_OWN
from imports.services.naming.resolve_source import spellings_of
from imports.services.residents.undo_correction import MAY_CORRECT

_SEE_DELIVERIES = "imports.view_import"
_RESIDENT = "imports.citizen"


class DecisionStream(RecordedStream):
    """What people decided about deliveries. Also of those that are deleted."""

    def models(self) -> list[str]:
        return ["imports.import"]

    def rows(self, asked: Asked, user: User) -> QuerySet[Any]:
        if len(asked.numbers) == 2:
            return RecordedChange.objects.none()
        kept = Asked(kinds=asked.kinds, field=asked.field, words="" if asked.numbers else asked.words)
        rows = super().rows(kept, user)
        if asked.numbers:
            rows = rows.filter(row_id=asked.numbers[0])
        if asked.source:
            of_source = Import.objects.filter(source__in=spellings_of([asked.source]))
            rows = rows.filter(row_id__in=of_source.values("pk"))
        return rows

    def entries(self, rows: Sequence[Any], user: User) -> list[Entry]:
        # What it was called then is English.
        called = Import.objects.only("source").in_bulk([row.row_id for row in rows])
        found = zip(rows, super().entries(rows, user), strict=True)
        return [replace(entry, subject=str(called.get(row.row_id, entry.subject))) for row, entry in found]


class DeliveryStream(Stream):
    """When a delivery came, and from whom."""

    at, by = "created_at", "created_by"

    def kinds(self, user: User) -> Mapping[str, str]:
        return {"imports.import": _("Delivery")} if user.has_perm(_SEE_DELIVERIES) else {}

    def rows(self, asked: Asked, user: User) -> QuerySet[Any]:
        rows = Import.objects.live().select_related("created_by")
        if asked.field or len(asked.numbers) == 2:
            return rows.none()
        if asked.source:
            rows = rows.filter(source__in=spellings_of([asked.source]))
        if asked.words:
            rows = rows.filter(Q(pk=asked.numbers[0]) if asked.numbers else Q(source__icontains=asked.words))
        return rows

    def entries(self, rows: Sequence[Import], user: User) -> list[Entry]:
        return [
            Entry(
                at=row.created_at,
                by=name_of(row.created_by),
                kind=_("Delivery"),
                subject=str(row),
                action=pgettext("change log", "delivered"),
                link=_page_of(row.pk),
            )
            for row in rows
        ]


class _ResidentsStream(Stream):
    """What tells of residents: for those who may see them."""

    kind: ClassVar[str]
    called: ClassVar[Any]

    def kinds(self, user: User) -> Mapping[str, str]:
        may = user.has_perms((SEE_ALL, "imports.view_correction")) or (
            user.has_perm(SEE_OWN) and not user.has_perm(SEE_ALL)
        )
        return {self.kind: str(self.called)} if may else {}


class RenameStream(_ResidentsStream):
    """Renamings, each one line, however many residents it is about."""

    at, by = "asked_at", "asked_by"
    kind, called = "imports.rename", gettext_lazy("Renaming")

    def rows(self, asked: Asked, user: User) -> QuerySet[Any]:
        rows = Rename.objects.filter(delivery__in=Import.objects.whose_citizens_are_open_to(user))
        if len(asked.numbers) == 2:
            return rows.none()
        if asked.field:
            rows = rows.filter(field__in=fields_meant(_RESIDENT, asked.field))
        if asked.source:
            rows = rows.filter(delivery__source__in=spellings_of([asked.source]))
        if asked.numbers:
            rows = rows.filter(delivery_id=asked.numbers[0])
        elif asked.words:
            rows = rows.filter(Q(before__icontains=asked.words) | Q(after__icontains=asked.words))
        return rows.select_related("asked_by", "delivery")

    def entries(self, rows: Sequence[Rename], user: User) -> list[Entry]:
        may_undo = user.has_perm(MAY_CORRECT)
        return [
            Entry(
                at=row.asked_at,
                by=name_of(row.asked_by),
                kind=str(self.called),
                subject=str(row.delivery),
                action=_renamed(row),
                changes=[(field_called(_RESIDENT, row.field), row.before, row.after)],
                link=_page_of(row.delivery_id),
                undo=reverse("admin:imports_import_undo_rename", args=(row.pk,)) if may_undo and row.citizens else "",
            )
            for row in rows
        ]


class CorrectionStream(_ResidentsStream):
    """Corrections of residents, but for the parts of renamings: these are shown of one resident alone."""

    at, by = "corrected_at", "corrected_by"
    kind, called = _RESIDENT, gettext_lazy("Resident")

    def rows(self, asked: Asked, user: User) -> QuerySet[Any]:
        rows = Correction.objects.filter(delivery__deleted_at=None).select_related("corrected_by")
        if not user.has_perm(SEE_ALL):
            rows = rows.filter(delivery__in=_keys(Import.objects.whose_citizens_are_open_to(user)))
        if len(asked.numbers) == 2:
            rows = rows.filter(delivery_id=asked.numbers[0], citizen_id=asked.numbers[1])
        else:
            rows = rows.filter(of_rename=None)
        if asked.field:
            rows = rows.filter(changes__has_any_keys=fields_meant(_RESIDENT, asked.field))
        if asked.source:
            rows = rows.filter(delivery__in=_keys(Import.objects.filter(source__in=spellings_of([asked.source]))))
        if len(asked.numbers) == 1:
            rows = rows.filter(delivery_id=asked.numbers[0])
        return mentioning(rows, asked.words) if asked.words and not asked.numbers else rows

    def entries(self, rows: Sequence[Correction], user: User) -> list[Entry]:
        pages, may_undo = _pages(rows), user.has_perm(MAY_CORRECT)
        return [
            Entry(
                at=row.corrected_at,
                by=name_of(row.corrected_by),
                kind=str(self.called),
                subject=_("Resident %(resident)s of delivery %(delivery)s")
                % {"resident": row.citizen_id, "delivery": row.delivery_id},
                action=_corrected(row),
                changes=_cut(row),
                link=pages.get((row.delivery_id, row.citizen_id), ""),
                undo=_undo(row) if may_undo and (row.delivery_id, row.citizen_id) in pages else "",
                residents=frozenset({(row.delivery_id, row.citizen_id)}),
            )
            for row in rows
        ]


def _cut(row: Correction) -> list[tuple[str, Any, Any]]:
    return [(name, cut(before), cut(after)) for name, before, after in changes_in(_RESIDENT, row.changes)]


def _keys(deliveries: QuerySet[Import]) -> list[int]:
    """As numbers: of these the planner knows how many corrections each has, and whether to go by the moment."""
    return list(deliveries.order_by().values_list("pk", flat=True))


def _page_of(delivery_id: int) -> str:
    return reverse("admin:imports_import_change", args=(delivery_id,))


def _undo(row: Correction) -> str:
    return reverse("admin:imports_citizen_undo", args=(row.pk,))


def _pages(rows: Sequence[Correction]) -> dict[tuple[int, int], str]:
    """The page of each resident who is there still."""
    found = Citizen.objects.keys_of({(row.delivery_id, row.citizen_id) for row in rows})
    return {one: reverse("admin:imports_citizen_change", args=(key,)) for one, key in found.items()}


def _corrected(row: Correction) -> str:
    if row.undoes:
        return _("an earlier correction undone")
    if row.carried_from:
        return _("carried forward from delivery %(delivery)s") % {"delivery": row.carried_from}
    return _("renamed with others") if row.of_rename else _("corrected")


def _renamed(row: Rename) -> str:
    if row.refusal:
        # English, as it was stored.
        return _(row.refusal)
    if row.finished_at is None:
        return _("under way")
    return _("an earlier renaming undone") if row.undoes else _("renamed")
