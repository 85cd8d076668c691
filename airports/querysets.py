"""Reads of airports, named for their readers."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from airports.models import Airport


class AirportQuerySet(models.QuerySet["Airport"]):
    """Airports."""

    def live(self) -> "AirportQuerySet":
        """The ones without the deletion flag."""
        return self.filter(is_deleted=False)

    def flagged(self) -> "AirportQuerySet":
        """The ones with the deletion flag."""
        return self.filter(is_deleted=True)

    def locked(self, airport_id: int) -> "Airport | None":
        """The airport, locked for writing; every writer locks by ascending id."""
        return self.filter(pk=airport_id).select_for_update(no_key=True).first()
