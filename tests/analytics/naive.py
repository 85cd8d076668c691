"""The aggregates counted in Python from the raw residents, slowly and obviously."""

from collections import defaultdict
from datetime import UTC, date
from typing import Any

from analytics.dimensions import AgeGroups
from analytics.models import CurrentSegment, DeliverySpelling, ImportDemand, PublishedSegment, Segment, Spelling
from analytics.services.counting.settings import counting
from config.common.spellings import fold
from imports.models import Citizen, Import

Key = tuple[str, int, str, str]
Counts = dict[Key, tuple[int, int, int]]
KEYS = ("town", "age_group", "channel", "gender")
COUNTS = ("residents", "courses", "buyers")


def years(born: date, day: date) -> int:
    """Full years of age."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def group_of(born: date, day: date, groups: AgeGroups) -> int:
    """The position of the age group."""
    return max(0, sum(bound <= years(born, day) for bound in groups.bounds) - 1)


def counted(import_id: int, day: date) -> Counts:
    """The segments of an import with the ages of `day`."""
    groups = counting().age_groups
    sums: defaultdict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in Citizen.objects.of(import_id):
        bought = len(one.relatives) + len(one.friends)
        found = sums[fold(one.town), group_of(one.birth_date, day, groups), fold(one.channel), one.gender]
        found[0] += 1
        found[1] += bought
        found[2] += bought > 0
    return {key: (residents, courses, buyers) for key, (residents, courses, buyers) in sums.items()}


def delivered_on(delivery: Import) -> date:
    return delivery.created_at.astimezone(UTC).date()


def total(*counts: dict[Any, tuple[int, int, int]]) -> dict[Any, tuple[int, int, int]]:
    """Their sum."""
    sums: dict[Any, tuple[int, int, int]] = {}
    for each in counts:
        for key, values in each.items():
            before = sums.get(key, (0, 0, 0))
            sums[key] = (before[0] + values[0], before[1] + values[1], before[2] + values[2])
    return sums


def stored_segments(import_id: int, *, at_delivery: bool) -> Counts:
    rows = Segment.objects.filter(delivery_id=import_id, at_delivery=at_delivery).values_list(*KEYS, *COUNTS)
    return {row[:4]: row[4:] for row in rows}


def stored_current() -> Counts:
    return {row[:4]: row[4:] for row in CurrentSegment.objects.values_list(*KEYS, *COUNTS)}


def stored_published() -> dict[tuple[Any, ...], tuple[int, int, int]]:
    """By keys and bits."""
    return {row[:5]: row[5:] for row in PublishedSegment.objects.values_list(*KEYS, "published", *COUNTS)}


def published_by_imports() -> dict[tuple[Any, ...], tuple[int, int, int]]:
    """The same, summed up from the segments of the imports."""
    rows = Segment.objects.filter(at_delivery=False).values_list(*KEYS, "published", *COUNTS)
    return total(*({row[:5]: row[5:]} for row in rows))


def spelled(import_id: int) -> dict[tuple[str, str, str], int]:
    """How many residents of a delivery have each spelling, by kind and fold."""
    found: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for one in Citizen.objects.of(import_id):
        found["town", fold(one.town), one.town] += 1
        found["channel", fold(one.channel), one.channel] += 1
    return dict(found)


def stored_spellings(import_id: int) -> dict[tuple[str, str, str], int]:
    rows = DeliverySpelling.objects.filter(delivery_id=import_id).values_list("kind", "fold", "spelling", "residents")
    return {row[:3]: row[3] for row in rows}


def spellings_by_imports() -> dict[tuple[str, str, str], tuple[int, int]]:
    """The residents of each spelling in the current deliveries and in all, summed up from those of each."""
    sums: defaultdict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for demand in ImportDemand.objects.all():
        for key, residents in stored_spellings(demand.pk).items():
            sums[key][0] += residents * demand.is_current
            sums[key][1] += residents
    return {key: (current, delivered) for key, (current, delivered) in sums.items()}


def faults(today: date) -> list[str]:
    """What is wrong with the aggregates after a refresh on the day `today`."""
    complete = list(Import.objects.live().filter(status="complete"))
    last = {fold(one.source): one for one in sorted(complete, key=lambda one: one.pk)}
    current = {one.pk for one in last.values()}
    found = []
    for one in complete:
        demand = ImportDemand.objects.of(one.pk)
        then = counted(one.pk, delivered_on(one))
        sums = tuple(sum(values[number] for values in then.values()) for number in range(3))
        if demand is None or (demand.residents, demand.courses, demand.buyers) != sums:
            found.append(f"the totals of {one}")
        elif (demand.revision, demand.is_current) != (one.revision, one.pk in current):
            found.append(f"the revision of {one}, or whether it is current")
        if stored_segments(one.pk, at_delivery=True) != then:
            found.append(f"{one} at delivery")
        if stored_segments(one.pk, at_delivery=False) != (counted(one.pk, today) if one.pk in current else {}):
            found.append(f"{one} today")
    if stored_current() != total(*(counted(one, today) for one in current)):
        found.append("the current picture")
    if stored_published() != published_by_imports():
        found.append("the published picture")
    kept = {one.pk for one in Import.objects.live().filter(status__in=["complete", "erased"])}
    if gone := set(ImportDemand.objects.values_list("pk", flat=True)) - kept:
        found.append(f"rows of {gone}")
    if left := set(Segment.objects.values_list("delivery_id", flat=True)) - kept:
        found.append(f"segments of {left}")
    return [*found, *_spelling_faults(complete)]


def _spelling_faults(complete: list[Import]) -> list[str]:
    found = [f"the spellings of {one}" for one in complete if stored_spellings(one.pk) != spelled(one.pk)]
    rows = Spelling.objects.values_list("kind", "fold", "spelling", "residents", "delivered")
    if {row[:3]: row[3:] for row in rows} != spellings_by_imports():
        found.append("the sums of spellings")
    return found
