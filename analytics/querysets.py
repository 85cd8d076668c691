"""Reads of aggregates and places, named for their readers."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from analytics.models import ImportDemand, TownPlace


class ImportDemandQuerySet(models.QuerySet["ImportDemand"]):
    """What was counted, import by import."""

    def current(self) -> "ImportDemandQuerySet":
        """The ones that the current picture is made of."""
        return self.filter(is_current=True)

    def of(self, import_id: int) -> "ImportDemand | None":
        """What was counted of one import."""
        return self.filter(pk=import_id).first()


class TownPlaceQuerySet(models.QuerySet["TownPlace"]):
    """Towns and where they are."""

    def placed(self) -> "TownPlaceQuerySet":
        """The ones with coordinates."""
        return self.exclude(method="unplaced")

    def of(self, town: str) -> "TownPlace | None":
        """Where one town is."""
        return self.filter(pk=town).first()
