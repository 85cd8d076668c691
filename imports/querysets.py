"""Reads of deliveries and their residents, named for their readers."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Count, Exists, Min, OuterRef, Q, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce, Collate, Concat, Now

from config.common.background.models import Lease
from config.common.db.folded import Begins, ExactFirst
from config.common.folding import fold
from imports.fields import LISTS

if TYPE_CHECKING:
    from imports.models import Citizen, Correction, Import, Named, SourceSpelling

SEE_ALL = "imports.view_citizen"
SEE_OWN = "imports.view_own_citizens"
MAY_ERASE = "imports.delete_import"

# The lease of whoever loads a delivery is called this and its id.
LEASE_PREFIX = "imports.load:"


_KEYS = """
    SELECT id, import_id, citizen_id
    FROM imports_citizen JOIN unnest(%s::bigint[], %s::bigint[]) AS one (import_id, citizen_id)
        USING (import_id, citizen_id)
"""


class ImportQuerySet(models.QuerySet["Import"]):
    """Deliveries."""

    def live(self) -> "ImportQuerySet":
        """The ones that nobody deleted; drafts are none yet."""
        # The cells are for one page, and large.
        return self.filter(deleted_at=None, is_draft=False).defer("wrong_cells")

    def drafts_of(self, user: User) -> "ImportQuerySet":
        """The files whose columns `user` is looking at, newest first."""
        return self.filter(deleted_at=None, is_draft=True, created_by=user).order_by("-id")

    def deleted(self) -> "ImportQuerySet":
        """The ones whose rows are about to go."""
        return self.filter(deleted_at__isnull=False)

    def to_scrub(self) -> "ImportQuerySet":
        """The erased ones whose personal data is about to go."""
        return self.filter(status="erased", scrubbed_at=None)

    def older_than(self, moment: datetime) -> "ImportQuerySet":
        """The live ones that were delivered before, in whatever state, and whose residents nobody erased yet."""
        return self.live().filter(created_at__lt=moment).exclude(status="erased")

    def compared_with(self, import_id: int) -> "ImportQuerySet":
        """The ones whose review was made against this delivery."""
        return self.filter(review__compared_with=import_id)

    def with_makers(self) -> "ImportQuerySet":
        """With the users who made them, newest first: what lists show."""
        return self.select_related("created_by").order_by("-id")

    def key_shared(self, import_id: int) -> "Import | None":
        """The delivery, held against deletion until the transaction ends; other corrections are not kept waiting."""
        sql = "SELECT * FROM imports_import WHERE id = %s FOR KEY SHARE"
        return next(iter(self.raw(sql, [import_id])), None)

    def stalled(self) -> "ImportQuerySet":
        """The live ones that wait to be loaded, or whose worker is gone."""
        name = Concat(Value(LEASE_PREFIX), Cast(OuterRef("pk"), TextField()))
        held = Lease.objects.filter(name=name, expires_at__gt=Now())
        return self.live().filter(~Exists(held), status__in=["queued", "loading"]).order_by("pk")

    def by_status(self) -> dict[str, int]:
        """How many live ones there are in each status that occurs."""
        rows = self.live().order_by().values_list("status").annotate(Count("pk"))
        return dict(rows)

    def citizens(self) -> int:
        """The residents of all live ones: the sum of what each counted when it was loaded."""
        return self.live().aggregate(total=Sum("citizen_count", default=0))["total"] or 0

    def waiting_since(self) -> datetime | None:
        """When the oldest of the live ones came that are not loaded yet."""
        unfinished = self.live().filter(status__in=["queued", "loading"])
        moment: datetime | None = unfinished.aggregate(first=Min("created_at"))["first"]
        return moment

    def complete_of(self, spellings: "Collection[str] | models.QuerySet[SourceSpelling]") -> "ImportQuerySet":
        """The complete ones of a source that is written so, the newest first."""
        return self.live().filter(source__in=spellings, status="complete").order_by("-id")

    def whose_citizens_are_open_to(self, user: User) -> "ImportQuerySet":
        """The live ones whose residents `user` may see: all, their own, or none."""
        if user.has_perm(SEE_ALL):
            return self.live()
        return self.live().filter(created_by=user) if user.has_perm(SEE_OWN) else self.none()


_NamedT_co = TypeVar("_NamedT_co", bound="Named", covariant=True)


class NamedQuerySet(models.QuerySet[_NamedT_co]):
    """Sources or channels, with their aliases."""

    def things(self) -> Self:
        """The ones that are no alias, by name."""
        return self.filter(alias_of=None).order_by(Collate("name", "C"), "pk")

    def with_aliases(self) -> Self:
        """With the aliases of each."""
        return self.prefetch_related("aliases")

    def ids_of(self, folds: Collection[str]) -> "models.QuerySet[_NamedT_co, int]":
        """The ids of the things that these folds are names or aliases of."""
        return self.filter(fold__in=folds).values_list(Coalesce("alias_of_id", "pk"), flat=True)


class SourceSpellingQuerySet(models.QuerySet["SourceSpelling"]):
    """How deliveries write the names of sources."""

    def of(self, sources: Any) -> "models.QuerySet[SourceSpelling, str]":
        """The ones of these sources and of their aliases; `sources` is an id, or a query of ids."""
        found = self.alias(thing=Coalesce("source__alias_of_id", "source_id"))
        found = found.filter(thing__in=sources) if isinstance(sources, models.QuerySet) else found.filter(thing=sources)
        return found.values_list("pk", flat=True)


class CitizenQuerySet(models.QuerySet["Citizen"]):
    """Residents."""

    def of(self, import_id: int) -> "CitizenQuerySet":
        """The ones of one delivery."""
        return self.filter(delivery_id=import_id)

    def keys_of(self, residents: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
        """The primary keys of residents, each a delivery and an id: a look into the index for each."""
        rows = self.raw(_KEYS, [[one for one, _ in residents], [other for _, other in residents]])
        return {(row.delivery_id, row.citizen_id): row.pk for row in rows}

    def locked(self, import_id: int, citizen_ids: set[int]) -> "list[Citizen]":
        """These residents, locked for writing in the order of their ids, which every writer keeps."""
        rows = self.of(import_id).filter(citizen_id__in=sorted(citizen_ids))
        return list(rows.order_by("citizen_id").select_for_update(no_key=True))

    def begins(self, column: str, words: str) -> "CitizenQuerySet":
        """The ones whose name or town begins with `words` as people type them; the exact spelling first, of the whole
        before a beginning."""
        if not (folded := fold(words)):
            return self.none()
        found = self.filter(Q((f"{column}__startswith", words)) | Q(Begins(column, folded)))
        closest = (ExactFirst([column], words, lookup) for lookup in ("exact", "startswith"))
        return found.order_by(*self.query.order_by, *closest)


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Corrections of residents."""

    def open_to(self, user: User) -> "CorrectionQuerySet":
        """The ones of live deliveries whose residents `user` may see: all, their own, or none."""
        if user.has_perm(SEE_ALL):
            return self.filter(delivery__deleted_at=None)
        own = self.filter(delivery__deleted_at=None, delivery__created_by=user)
        return own if user.has_perm(SEE_OWN) else self.none()

    def about(self, import_id: int, citizen_id: int) -> "CorrectionQuerySet":
        """The ones of the resident, the oldest first."""
        return self.filter(delivery_id=import_id, citizen_id=citizen_id).select_related("corrected_by").order_by("id")

    def of_rename(self, rename_id: int) -> "models.QuerySet[Correction, int]":
        """The ids of the residents whom a renaming gave another name."""
        return self.filter(of_rename=rename_id).values_list("citizen_id", flat=True)

    def naming(self, import_id: int, citizen_id: int) -> "CorrectionQuerySet":
        """The ones of others in which the resident stands in one of their lists, before or after."""
        names = Q()
        for side in _sides(citizen_id):
            names |= side["from"] | side["to"]
        return self.filter(names, delivery_id=import_id).exclude(citizen_id=citizen_id).order_by("id")

    def moving(self, import_id: int, citizen_id: int) -> "CorrectionQuerySet":
        """Those of `naming` that changed the resident's own lists too; the others named them all along."""
        moved = Q()
        for side in _sides(citizen_id):
            moved |= side["from"] & ~side["to"] | side["to"] & ~side["from"]
        return self.naming(import_id, citizen_id).filter(moved)


def _sides(citizen_id: int) -> list[dict[str, Q]]:
    """Asks of each list whether the resident stood in it before a correction, and after it."""
    return [{side: Q(changes__contains={name: {side: [citizen_id]}}) for side in ("from", "to")} for name in LISTS]
