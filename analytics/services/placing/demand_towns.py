"""Finds the towns that stand in the aggregates."""

from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from airports.models import Airport
from analytics.models import CurrentSegment, Segment, TownPlace

_TABLES = (CurrentSegment, Segment)


def towns_without_place() -> list[str]:
    """Lists the ones that nobody has tried to place yet, in order."""
    return sorted({town for model in _TABLES for town in _missing(model).values_list("town", flat=True).distinct()})


def any_town_without_place() -> bool:
    """Whether there is a town that nobody has tried to place yet."""
    return any(_missing(model).exists() for model in _TABLES)


def all_towns() -> list[str]:
    """Lists all of them, the ones first whose place is the oldest: a run that was interrupted goes on."""
    towns = {town for model in _TABLES for town in model.objects.values_list("town", flat=True).distinct()}
    placed = list(TownPlace.objects.order_by("placed_at", "town").values_list("pk", flat=True))
    return [*sorted(towns - set(placed)), *(town for town in placed if town in towns)]


def airports_changed() -> bool:
    """Whether an airport was written since the oldest place was found. One that was deleted for good is not noticed."""
    oldest = TownPlace.objects.aggregate(moment=Min("placed_at"))["moment"]
    newest = Airport.objects.aggregate(moment=Max("updated_at"))["moment"]
    return oldest is not None and newest is not None and newest > oldest


def _missing(model: type[CurrentSegment] | type[Segment]) -> QuerySet[CurrentSegment] | QuerySet[Segment]:
    return model.objects.filter(~Exists(TownPlace.objects.filter(pk=OuterRef("town"))))
