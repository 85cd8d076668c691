"""Which of the counted imports an answer is made of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from analytics.dimensions import AgeGroups
from analytics.models import ImportDemand
from analytics.querysets import ImportDemandQuerySet
from analytics.services.asking.questions import SOURCE, Meta, Question
from analytics.services.counting.settings import Counting, counting
from analytics.services.counting.stale import count_stale_imports
from config.common.db.snapshots import once_in_snapshot
from config.common.problems import Conflict, InvalidInput
from config.common.texts import gettext as _
from imports.models import Import
from imports.services.naming.resolve_source import spellings_of

_READABLE = (Import.Status.COMPLETE, Import.Status.ERASED)


class UnknownImport(InvalidInput):
    """The import that was asked for is none that can be read."""


class StillCounting(Conflict):
    """The import that was asked for can be read a little later."""

    retry_after = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """What there is to know of a counted import."""

    import_id: int
    source: str
    delivered_at: datetime
    scheme: str
    as_of: date
    refreshed_at: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """Imports and by which ages they are to be read; `is_picture`: all the current ones, whose sums are kept."""

    imports: tuple[Counted, ...]
    at_delivery: bool
    is_picture: bool = False

    @property
    def age_groups(self) -> AgeGroups:
        """Gives the age groups by which the imports were counted, where all were by the same."""
        return Counting.of_scheme(self.imports[0].scheme).age_groups

    @property
    def small_segment(self) -> int:
        """Gives the size below which segments were small, where it was the same for all imports."""
        return Counting.of_scheme(self.imports[0].scheme).small_segment

    def by_scheme(self) -> "list[Scope]":
        """Divides the imports into those that were counted by the same age groups."""
        schemes = dict.fromkeys(found.scheme for found in self.imports)
        return [
            Scope(tuple(found for found in self.imports if found.scheme == scheme), self.at_delivery, self.is_picture)
            for scheme in schemes
        ]

    def meta(self, *, merged: int) -> Meta:
        """Says what an answer of these imports is made of, where `merged` residents stand in rows `other`."""
        days = {found.as_of for found in self.imports}
        return Meta(
            refreshed_at=max((found.refreshed_at for found in self.imports), default=None),
            imports=len(self.imports),
            stale=count_stale_imports() > 0,
            merged=merged,
            as_of=None if self.at_delivery and len(self.imports) != 1 else min(days, default=None),
        )


def scope_of(question: Question) -> Scope:
    """Finds the imports of the current picture, or the one that is asked for.

    Raises `UnknownImport` for an `import_id` that is unknown, deleted or not complete, `StillCounting` while it is not
    counted.
    """
    if question.import_id is not None:
        return _scope_of_import(question.import_id, question.sources)
    by_source = bool(question.sources) or SOURCE in question.group_by
    current = _current(question.sources)
    return Scope(_newest(current) if by_source else current, at_delivery=False, is_picture=not by_source)


def scope_of_trend(question: Question) -> Scope:
    """Finds every counted import, oldest first; of these sources where there are any in the question."""
    counted = ImportDemand.objects.filter(delivery__deleted_at=None)
    if question.sources:
        counted = counted.filter(source__in=spellings_of(question.sources))
    return Scope(_read(counted.order_by("delivered_at", "pk")), at_delivery=True)


def known_age_groups() -> set[str]:
    """Gives the labels of the age groups by which anything was counted, and of those that are set now."""
    schemes = ImportDemand.objects.values_list("scheme", flat=True).distinct()
    countings = [counting(), *map(Counting.of_scheme, schemes)]
    return {label for one in countings for label in one.age_groups.labels}


def _scope_of_import(import_id: int, sources: Collection[str]) -> Scope:
    found = Import.objects.live().filter(pk=import_id).first()
    demand = ImportDemand.objects.of(import_id)
    if found is None or found.status not in _READABLE or (demand is None and found.status == Import.Status.ERASED):
        raise UnknownImport(_("There is no complete import with this id."))
    if demand is None:
        raise StillCounting(_("The demand of this import is still being counted."))
    wanted = not sources or demand.source in spellings_of(sources)
    counted = ImportDemand.objects.filter(pk=import_id) if wanted else ImportDemand.objects.none()
    return Scope(_read(counted), at_delivery=not demand.is_current)


@once_in_snapshot
def _current(sources: tuple[str, ...]) -> tuple[Counted, ...]:
    current = ImportDemand.objects.current()
    return _read(current.filter(source__in=spellings_of(sources)) if sources else current)


def _newest(current: tuple[Counted, ...]) -> tuple[Counted, ...]:
    """Leaves out what is none of the picture any more, though nothing was counted since: of sources that became one,
    all but the last."""
    by_source = {found.source: found for found in sorted(current, key=lambda found: found.import_id)}
    return tuple(found for found in current if by_source[found.source] is found)


def _read(counted: ImportDemandQuerySet) -> tuple[Counted, ...]:
    return tuple(Counted(*row) for row in counted.called().values_list("pk", "called", *Counted.__slots__[2:]))
