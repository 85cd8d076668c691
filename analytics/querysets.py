"""Reads of aggregates and places, named for their readers."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Collate

from imports.models import SourceSpelling

if TYPE_CHECKING:
    from analytics.models import Alert, CurrentSegment, ImportDemand, PublishedPlace, Spelling, TownAlias, TownPlace

    # ruff does not look into the brackets of a base.
    from analytics.models.plans import Plan  # noqa: F401


class ImportDemandQuerySet(models.QuerySet["ImportDemand"]):
    """What was counted, import by import."""

    def current(self) -> "ImportDemandQuerySet":
        """The ones that the current picture is made of."""
        return self.filter(is_current=True)

    def with_staleness(self, stale: Collection[int]) -> "ImportDemandQuerySet":
        """Selects imports that nobody deleted, with `is_stale`: whether they are among these."""
        marked = models.ExpressionWrapper(Q(pk__in=stale), output_field=models.BooleanField())
        return self.filter(delivery__deleted_at=None).annotate(is_stale=marked)

    def mark_stale(self) -> int:
        """Lets them be counted again; how many they are."""
        # No delivery has this revision.
        return self.update(revision=-1)

    def called(self) -> Any:
        """With `called`: the name that the source of each has now."""
        spelled = SourceSpelling.objects.filter(pk=models.OuterRef("source"))
        name = spelled.values(name=Coalesce("source__alias_of__name", "source__name"))
        return self.annotate(called=Coalesce(models.Subquery(name), "source"))

    def of(self, import_id: int) -> "ImportDemand | None":
        """Finds what was counted of one import."""
        return self.filter(pk=import_id).first()


class AlertQuerySet(models.QuerySet["Alert"]):
    """Changes that staff are told of."""

    def live(self) -> "AlertQuerySet":
        """Those of deliveries that nobody deleted; one that was erased is only frozen."""
        return self.filter(delivery__deleted_at=None)

    def numbered(self, alert_id: int) -> "Alert | None":
        """Finds a live one."""
        return self.live().filter(pk=alert_id).first()


class SpellingQuerySet(models.QuerySet["Spelling"]):
    """How towns and channels are written."""

    def towns(self) -> "SpellingQuerySet":
        """Those of towns."""
        return self.filter(kind="town")

    def shown(self) -> "models.QuerySet[Spelling]":
        """One of each fold: which most residents of the current picture have, then of all deliveries, then the first
        by code point."""
        by_code_point = Collate("spelling", "C")
        return self.order_by("kind", "fold", "-residents", "-delivered", by_code_point).distinct("kind", "fold")


class TownAliasQuerySet(models.QuerySet["TownAlias"]):
    """What staff said towns are."""

    def with_city(self, places: "TownPlaceQuerySet") -> "models.QuerySet[TownAlias]":
        """With `city` and `country`, name and ISO code, of the places that the aliases gave their towns; None where
        there is no place."""
        given = places.filter(pk=models.OuterRef("town"), geoname_id=models.OuterRef("geoname_id"))
        city, country = (models.Subquery(given.values(name)) for name in ("city", "country"))
        return self.annotate(city=city, country=country)


_AMBIGUOUS = models.Q(suggestions__contains=[{"alternative": True}]) & ~models.Q(method="alias")


class TownPlaceQuerySet(models.QuerySet["TownPlace"]):
    """Towns and where they are."""

    def placed(self) -> "TownPlaceQuerySet":
        """The ones with coordinates."""
        return self.exclude(method="unplaced")

    def unplaced(self) -> "TownPlaceQuerySet":
        """The ones that were tried and not found."""
        return self.filter(method="unplaced")

    def ambiguous(self) -> "TownPlaceQuerySet":
        """The ones that their name placed, where it may mean another city as well."""
        return self.filter(_AMBIGUOUS)

    def doubtful(self) -> "TownPlaceQuerySet":
        """The ones of which evidence may say more than their name did."""
        return self.filter(_AMBIGUOUS | models.Q(method="unplaced"))

    def undoubted(self) -> "TownPlaceQuerySet":
        """The ones with coordinates that their name, or staff, leave no doubt about."""
        return self.placed().exclude(_AMBIGUOUS)

    def published(self, places: "models.QuerySet[PublishedPlace]") -> "TownPlaceQuerySet":
        """The ones that are in the city in which those who may not see residents have them."""
        same = {name: models.OuterRef(name) for name in ("pk", "city", "country")}
        return self.filter(models.Exists(places.filter(**same)))

    def by_hand(self) -> "TownPlaceQuerySet":
        """The ones that staff placed, the latest first."""
        return self.filter(method="alias").order_by("-placed_at", "town")

    def by_demand(self, segments: "models.QuerySet[CurrentSegment]") -> "TownPlaceQuerySet":
        """The ones with the most courses first; with `residents` and `courses`, summed up over their `segments`."""
        ours = segments.filter(town=models.OuterRef("pk")).order_by().values("town")
        counts = {
            name: Coalesce(models.Subquery(ours.values(n=models.Sum(name))), 0) for name in ("residents", "courses")
        }
        # In two steps: the order is by what the first one made.
        return self.annotate(**counts).order_by(models.F("courses").desc(), models.F("residents").desc(), "town")

    def with_name(self, spellings: SpellingQuerySet) -> "models.QuerySet[TownPlace]":
        """With `name`, the spelling that is shown; the fold of a town that no delivery has any more."""
        shown = spellings.towns().filter(fold=models.OuterRef("pk")).shown().values("spelling")
        return self.annotate(name=Coalesce(models.Subquery(shown), models.F("town")))


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans that were kept."""

    def visible_to(self, actor: User) -> "PlanQuerySet":
        """The actor's own, and what others share."""
        return self.filter(Q(owner=actor) | Q(is_shared=True)).select_related("owner")

    def with_totals(self, *, restricted: bool) -> "PlanQuerySet":
        """Adds `total` and `marginal_return` of the answer, or of the one of published figures, and leaves out the
        segments, which may be many."""
        answer = "published" if restricted else "answer"
        figures = {name: models.F(f"{answer}__{name}") for name in ("total", "marginal_return")}
        return self.defer("answer", "published").annotate(**figures)
