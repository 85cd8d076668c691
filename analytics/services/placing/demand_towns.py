"""Finds the towns that stand in the aggregates."""

from django.db.models import Exists, Max, Min, OuterRef

from airports.models import Airport
from analytics.models import Spelling, TownPlace
from analytics.querysets import SpellingQuerySet


def towns_without_place() -> list[str]:
    """Lists the ones that nobody has tried to place yet, each in the spelling that is shown, in the order of folds."""
    return list(_missing().shown().values_list("spelling", flat=True))


def any_town_without_place() -> bool:
    """Whether there is a town that nobody has tried to place yet."""
    return _missing().exists()


def all_towns() -> list[str]:
    """Lists all of them as they are shown, the ones first whose place is the oldest: a run that was interrupted goes
    on."""
    placed_at = dict(TownPlace.objects.values_list("town", "placed_at"))
    towns = list(Spelling.objects.towns().shown().values_list("fold", "spelling"))
    new = [spelling for town, spelling in towns if town not in placed_at]
    placed = sorted((placed_at[town], town, spelling) for town, spelling in towns if town in placed_at)
    return [*new, *(spelling for _, _, spelling in placed)]


def airports_changed() -> bool:
    """Whether an airport was written since the oldest place was found. One that was deleted for good is not noticed."""
    oldest = TownPlace.objects.aggregate(moment=Min("placed_at"))["moment"]
    newest = Airport.objects.aggregate(moment=Max("updated_at"))["moment"]
    return oldest is not None and newest is not None and newest > oldest


def _missing() -> SpellingQuerySet:
    return Spelling.objects.towns().filter(~Exists(TownPlace.objects.filter(pk=OuterRef("fold"))))
