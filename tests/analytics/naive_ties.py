"""Related residents counted pair by pair, slowly and obviously."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Any

from analytics.dimensions import grouping_of
from analytics.models import CurrentTie, ImportDemand, SegmentTie, TownPlace
from analytics.services.counting.settings import counting
from analytics.ties import REACHING
from config.common.spellings import fold
from imports.models import Citizen
from tests.analytics.naive import delivered_on, group_of

Sums = Counter[tuple[Any, ...]]
KEYS = ("agrees", "town", "age_group", "channel", "gender")
SUMS = ("pairs", "courses", "others", "products")
_SETS = [kept for size in range(4) for kept in combinations(("age_group", "channel", "gender"), size)]


def residents(import_id: int, day: date) -> dict[int, dict[str, Any]]:
    """Their keys, courses, and whom they are related to, by number."""
    groups, places = counting().age_groups, {place.town: place for place in TownPlace.objects.placed()}
    found = {}
    for one in Citizen.objects.of(import_id):
        town = fold(one.town)
        place = places.get(town)
        related = {*one.relatives, *one.friends} - {one.citizen_id}
        courses = len(one.relatives) + len(one.friends)
        found[one.citizen_id] = {
            "country": place.country if place else "",
            "city": (place.country, place.city) if place else town,
            "town": town,
            "age_group": group_of(one.birth_date, day, groups),
            "channel": fold(one.channel),
            "gender": one.gender,
            "courses": courses,
            "related": related,
        }
    return found


def pairs(known: dict[int, dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for one in known.values():
        yield from ((one, known[other]) for other in one["related"])


def ties(import_id: int, day: date) -> Sums:
    """What is stored of an import: each sum by its row and name."""
    found: Sums = Counter()
    for one, other in pairs(residents(import_id, day)):
        for agrees, kept in _rows(one, other):
            values = [one[key] if key in kept else -1 if key == "age_group" else "" for key in KEYS[1:]]
            sums = (1, one["courses"], other["courses"], one["courses"] * other["courses"])
            found.update({(agrees, *values, name): value for name, value in zip(SUMS, sums, strict=True)})
    return found


def stored(*, import_id: int | None = None, at_delivery: bool = False) -> Sums:
    """The rows of an import, or of the current picture."""
    of_import = SegmentTie.objects.filter(delivery_id=import_id, at_delivery=at_delivery)
    rows = (CurrentTie.objects.all() if import_id is None else of_import).values_list(*KEYS, *SUMS)
    return Counter({(*row[:5], name): value for row in rows for name, value in zip(SUMS, row[5:], strict=True)})


def faults(today: date) -> list[str]:
    """What is wrong with the ties after a refresh on the day `today`."""
    found, picture = [], Counter[tuple[Any, ...]]()
    for demand in ImportDemand.objects.filter(delivery__status="complete").select_related("delivery"):
        one = demand.delivery
        if stored(import_id=one.pk, at_delivery=True) != ties(one.pk, delivered_on(one)):
            found.append(f"the ties of {one} at delivery")
        current = ties(one.pk, today) if demand.is_current else Counter()
        if stored(import_id=one.pk) != current:
            found.append(f"the ties of {one} today")
        picture.update(current)
    return [*found, *(["the ties of the current picture"] if stored() != picture else [])]


def _rows(one: dict[str, Any], other: dict[str, Any]) -> Iterator[tuple[int, tuple[str, ...]]]:
    finest = next((key for key in ("town", "city", "country") if one[key] == other[key]), None)
    for kept in _SETS:
        yield REACHING | grouping_of(kept), kept
        if all(one[key] == other[key] for key in kept):
            yield grouping_of(kept), kept
            if finest:
                yield grouping_of((finest, *kept)), ("town", *kept)
