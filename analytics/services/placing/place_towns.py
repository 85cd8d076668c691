"""Places the towns of the deliveries on the map."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone

from analytics.models import TownAlias, TownPlace
from analytics.places.candidates import NO_EVIDENCE, Evidence
from analytics.services.placing.demand_towns import all_towns, towns_without_place
from analytics.services.placing.evidence import DeliveredTowns
from analytics.services.placing.placer import Placer, place_by_alias

PLACE = "analytics.place_towns"
PLACE_ALL = "analytics.place_all_towns"
_AT_ONCE = 100
_COLUMNS = [field.name for field in TownPlace._meta.concrete_fields if not field.primary_key]


@dataclass(frozen=True, slots=True)
class Placing:
    """How many towns a run placed, and for how many it found no place."""

    placed: int = 0
    unplaced: int = 0

    def __add__(self, other: "Placing") -> "Placing":
        return Placing(self.placed + other.placed, self.unplaced + other.unplaced)


def place_towns(*, towns: Iterable[str] | None = None) -> Placing:
    """Finds the places of `towns` anew; of those of the aggregates that have none yet where none are named.

    A name that several cities have, or none, is looked at again when the others are placed: where those are is evidence
    of what it means. So are the ambiguous names that were placed before.

    The first run in a process takes three seconds for the names of the world's cities; each hundred towns are a
    transaction.
    """
    found, placer, delivered = Placing(), Placer(), DeliveredTowns()
    todo = list(dict.fromkeys(towns_without_place() if towns is None else towns))
    for batch in _batches(todo):
        found += _store(_places(batch, placer, delivered.evidence(batch)))
    return found + _weigh_evidence(todo, placer)


def _weigh_evidence(placed: list[str], placer: Placer) -> Placing:
    """Places what is in doubt anew by where the other towns are now; how many more are placed than before."""
    more, delivered = 0, DeliveredTowns()
    for batch in _batches(TownPlace.objects.ambiguous().values_list("pk", flat=True)):
        _store(_places(batch, placer, delivered.evidence(batch)))
    for batch in _batches(TownPlace.objects.unplaced().filter(pk__in=placed).values_list("pk", flat=True)):
        evidence = delivered.evidence(batch)
        more += _store(_places(list(evidence), placer, evidence)).placed
    return Placing(more, -more)


def _places(towns: list[str], placer: Placer, evidence: dict[str, Evidence]) -> dict[str, TownPlace]:
    return {town: placer.place(town, at=timezone.now(), evidence=evidence.get(town, NO_EVIDENCE)) for town in towns}


def _batches(towns: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(towns)
    while batch := sorted(islice(rest, _AT_ONCE)):
        yield batch


def place_all_towns() -> Placing:
    """Finds the places of every town of the aggregates anew, and forgets the towns that stand in none any more."""
    towns = all_towns()
    found = place_towns(towns=towns)
    aliased = TownAlias.objects.values("town")
    TownPlace.objects.exclude(pk__in=towns).exclude(pk__in=aliased).delete()
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
