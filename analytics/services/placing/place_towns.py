"""Places the towns of the deliveries on the map."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone

from analytics.folding import fold
from analytics.models import Spelling, TownAlias, TownPlace
from analytics.services.placing.demand_towns import all_towns, towns_without_place
from analytics.services.placing.placer import Placer, place_by_alias

PLACE = "analytics.place_towns"
PLACE_ALL = "analytics.place_all_towns"
_AT_ONCE = 100
_MOST_NEW = 1_000
_COLUMNS = [field.name for field in TownPlace._meta.concrete_fields if not field.primary_key]


@dataclass(frozen=True, slots=True)
class Placing:
    """How many towns a run placed, and for how many it found no place."""

    placed: int = 0
    unplaced: int = 0

    def __add__(self, other: "Placing") -> "Placing":
        return Placing(self.placed + other.placed, self.unplaced + other.unplaced)


def place_towns(*, towns: Iterable[str] | None = None) -> Placing:
    """Finds the places of `towns` anew, spellings of which each is another town; of those of the aggregates that have
    none yet where none are named.

    The first run in a process takes two seconds for the names of the world's cities. Memory does not grow with the
    towns; each hundred is a transaction.
    """
    found, placer = Placing(), Placer()
    rest = iter({fold(town): town for town in (towns_without_place() if towns is None else towns)}.items())
    while batch := sorted(islice(rest, _AT_ONCE)):
        found += _store({town: placer.place(town, name, at=timezone.now()) for town, name in batch})
    return found


def place_new_towns(*, spellings: Mapping[tuple[str, str, str], int]) -> None:
    """Places the towns among the spellings of a delivery (kind, fold, spelling: its residents) that nobody tried yet.

    Only the largest of very many: each that is misspelt takes milliseconds, and the rest has its turn later.
    """
    most: dict[str, tuple[int, str]] = {}
    for (kind, town, spelling), residents in spellings.items():
        if kind == Spelling.Kind.TOWN:
            most[town] = max(most.get(town, (0, "")), (residents, spelling))
    for town in TownPlace.objects.filter(pk__in=most).values_list("pk", flat=True):
        del most[town]
    chosen = sorted(most, key=lambda town: most[town], reverse=True)[:_MOST_NEW]
    # In the order in which everybody writes them: a caller's transaction keeps them all.
    place_towns(towns=[most[town][1] for town in sorted(chosen)])


def place_all_towns() -> Placing:
    """Finds the places of every town of the aggregates anew, and forgets the towns that stand in none any more."""
    towns = all_towns()
    found = place_towns(towns=towns)
    aliased = TownAlias.objects.values("town")
    TownPlace.objects.exclude(pk__in=map(fold, towns)).exclude(pk__in=aliased).delete()
    return found


@transaction.atomic
def _store(named: dict[str, TownPlace]) -> Placing:
    """Stores what was found by names, where there is no alias."""
    _keep_aliases()
    aliases = _aliases_of(named)
    rows = [place_by_alias(row, aliases[town]) if town in aliases else row for town, row in named.items()]
    TownPlace.objects.bulk_create(rows, update_conflicts=True, unique_fields=["town"], update_fields=_COLUMNS)
    unplaced = sum(row.method == TownPlace.Method.UNPLACED for row in rows)
    return Placing(len(rows) - unplaced, unplaced)


def _keep_aliases() -> None:
    """Whoever gives or takes an alias waits for our commit: a place found without it would overwrite the alias's."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {TownAlias._meta.db_table} IN SHARE MODE")


def _aliases_of(towns: Iterable[str]) -> dict[str, int]:
    return dict(TownAlias.objects.filter(town__in=towns).values_list("town", "geoname_id"))
