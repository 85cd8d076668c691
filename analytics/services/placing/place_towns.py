"""Places the towns of the deliveries on the map."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone

from analytics.models import PublishedPlace, Spelling, TownAlias, TownPlace
from analytics.models.towns import FOUND
from analytics.places.candidates import NO_EVIDENCE, Evidence
from analytics.services.placing.demand_towns import all_towns, towns_without_place
from analytics.services.placing.evidence import DeliveredTowns, evidence_of
from analytics.services.placing.placer import Placer, place_by_alias
from config.common.spellings import fold

PLACE = "analytics.place_towns"
PLACE_ALL = "analytics.place_all_towns"
_AT_ONCE = 100
_MOST_NEW = 1_000


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

    A name that several cities have, or none, is looked at again when the others are placed: where those are is evidence
    of what it means. So are the ambiguous names that were placed before.

    The first run in a process takes three seconds for the names of the world's cities; each hundred towns are a
    transaction.
    """
    placer = Placer()
    todo = {fold(town): town for town in (towns_without_place() if towns is None else towns)}
    found = _place(todo.items(), placer, _evidence(todo))
    # With nothing new the evidence is what it was, and nobody waits for the names of the world's cities.
    return found + _weigh_evidence(todo, placer) if todo else found


def _weigh_evidence(placed: Mapping[str, str], placer: Placer) -> Placing:
    """Places what is in doubt anew by where the other towns are now; how many more are placed than before."""
    ambiguous = TownPlace.objects.ambiguous().with_name(Spelling.objects.all())
    doubtful = {place.pk: str(vars(place)["name"]) for place in ambiguous}
    unplaced = list(TownPlace.objects.unplaced().filter(pk__in=placed).values_list("pk", flat=True))
    evidence = _evidence([*doubtful, *unplaced])
    _place(doubtful.items(), placer, evidence)
    more = _place([(town, placed[town]) for town in unplaced if town in evidence], placer, evidence).placed
    return Placing(more, -more)


def _evidence(towns: Iterable[str]) -> dict[str, Evidence]:
    """Reads it for all towns before the first of them is placed: their order makes no difference."""
    found: dict[str, Evidence] = {}
    delivered = DeliveredTowns()
    for batch in _batches((town, town) for town in towns):
        found |= delivered.evidence(batch)
    return found


def _place(named: Iterable[tuple[str, str]], placer: Placer, evidence: Mapping[str, Evidence]) -> Placing:
    return sum((_store(_places(batch, placer, evidence)) for batch in _batches(named)), Placing())


def _places(named: Mapping[str, str], placer: Placer, evidence: Mapping[str, Evidence]) -> dict[str, TownPlace]:
    now = timezone.now()
    return {
        town: placer.place(town, name, at=now, evidence=evidence.get(town, NO_EVIDENCE)) for town, name in named.items()
    }


def _batches(named: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    rest = iter(named)
    while batch := sorted(islice(rest, _AT_ONCE)):
        yield dict(batch)


def place_new_towns(*, spellings: Mapping[tuple[str, str, str], int]) -> None:
    """Places the towns among the spellings of a delivery (kind, fold, spelling: its residents) that nobody tried yet.

    Only the largest of very many: each that is misspelt takes milliseconds, and the rest has its turn later.
    """
    most: dict[str, tuple[int, str]] = {}
    for (kind, town, spelling), residents in spellings.items():
        if kind == Spelling.Kind.TOWN:
            most[town] = max(most.get(town, (0, "")), (residents, spelling))
    known = set(TownPlace.objects.filter(pk__in=most).values_list("pk", flat=True))
    chosen = sorted(most.keys() - known, key=lambda town: most[town], reverse=True)[:_MOST_NEW]
    # In the order in which everybody writes them: a caller's transaction keeps them all.
    named, placer = {town: most[town][1] for town in sorted(chosen)}, Placer()
    _place(named.items(), placer, {})
    # The delivery itself is the evidence: where its other towns are.
    evidence = evidence_of(most)
    doubtful = TownPlace.objects.doubtful().filter(pk__in=named).values_list("pk", flat=True)
    if evidence:
        _place([(town, named[town]) for town in doubtful], placer, dict.fromkeys(named, evidence))


def place_all_towns() -> Placing:
    """Finds the places of every town of the aggregates anew, and forgets the towns that stand in none any more."""
    towns = all_towns()
    found = place_towns(towns=towns)
    kept = [*map(fold, towns)]
    aliased = TownAlias.objects.values("town")
    TownPlace.objects.exclude(pk__in=kept).exclude(pk__in=aliased).delete()
    PublishedPlace.objects.exclude(pk__in=kept).delete()
    return found


@transaction.atomic
def _store(named: dict[str, TownPlace]) -> Placing:
    """Stores what was found by names, where there is no alias."""
    _keep_aliases()
    aliases = _aliases_of(named)
    rows = [place_by_alias(row, aliases[town]) if town in aliases else row for town, row in named.items()]
    TownPlace.objects.bulk_create(rows, update_conflicts=True, unique_fields=["town"], update_fields=FOUND)
    unplaced = sum(row.method == TownPlace.Method.UNPLACED for row in rows)
    return Placing(len(rows) - unplaced, unplaced)


def _keep_aliases() -> None:
    """Whoever gives or takes an alias waits for our commit: a place found without it would overwrite the alias's."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {TownAlias._meta.db_table} IN SHARE MODE")


def _aliases_of(towns: Iterable[str]) -> dict[str, int]:
    return dict(TownAlias.objects.filter(town__in=towns).values_list("town", "geoname_id"))
