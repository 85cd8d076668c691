"""In which countries the other towns are that are delivered with a town: evidence of what its name means.

Only towns count whose own place is beyond doubt, so that the answer does not depend on which of two doubtful towns was
placed first.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from analytics.models import ImportDemand, Segment, TownPlace
from analytics.places.candidates import NO_EVIDENCE, Evidence

# Fewer towns say nothing.
_LEAST = 5


class DeliveredTowns:
    """The towns of the current deliveries: each delivery is counted once, when it is first asked about."""

    def __init__(self) -> None:
        self._countries: dict[int, Counter[str]] = {}

    def evidence(self, towns: Iterable[str]) -> dict[str, Evidence]:
        """The share of the other towns that each country has, by town; without the towns for which there is none."""
        counts: dict[str, Counter[str]] = {}
        held = _delivered().filter(town__in=list(towns)).values_list("town", "delivery_id").distinct()
        for town, delivery in held:
            counts[town] = counts.get(town, Counter()) + self._counted(delivery)
        return {town: _shares(counted) for town, counted in counts.items() if counted.total() >= _LEAST}

    def _counted(self, delivery: int) -> Counter[str]:
        if delivery not in self._countries:
            self._countries[delivery] = _countries(_delivered().filter(delivery_id=delivery).values("town"))
        return self._countries[delivery]


def evidence_of(towns: Iterable[str]) -> Evidence:
    """The share of each country among the undoubted ones of these towns; none where these are few."""
    counted = _countries(list(towns))
    return _shares(counted) if counted.total() >= _LEAST else NO_EVIDENCE


def _countries(towns: list[str] | QuerySet[Segment, Any]) -> Counter[str]:
    """How many of these towns, folds or a subquery of them, are beyond doubt in each country."""
    return Counter(TownPlace.objects.undoubted().filter(pk__in=towns).values_list("country", flat=True))


def _delivered() -> QuerySet[Segment]:
    current = ImportDemand.objects.current().values("delivery_id")
    return Segment.objects.filter(delivery_id__in=current, at_delivery=False)


def _shares(countries: Counter[str]) -> Evidence:
    return {country: count / countries.total() for country, count in countries.items()}
