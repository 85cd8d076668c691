"""Imports that were counted, made without residents, and what they answer, worked out slowly and obviously."""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analytics.disclosure import is_named, is_visible
from analytics.models import ImportDemand
from analytics.services.asking.questions import SOURCE, Question
from analytics.services.counting.count_import import SegmentKey, Segments, published
from analytics.services.counting.picture import PictureChange
from analytics.services.counting.segments import write_segments
from analytics.services.counting.settings import counting
from imports.models import Import

Counts = tuple[int, int, int]
NAMES = ("town", "age_group", "channel", "gender")
TOWNS = ("Kyiv", "Київ", "Saint-Étienne", "a, b", "other", "=1+1")
CHANNELS = ("tv", "radio", "other")
GENDERS = ("female", "male")


@dataclass(frozen=True)
class Made:
    """A counted import: its segments with their bits, today and at its date."""

    import_id: int
    source: str
    now: Segments
    then: Segments
    is_current: bool


def make(
    source: str,
    now: dict[SegmentKey, Counts],
    then: dict[SegmentKey, Counts] | None = None,
    *,
    is_current: bool = True,
    **values: Any,
) -> Made:
    """A counted import with these segments; `values` are the import's."""
    values = {"status": "complete", "created_at": datetime(2026, 1, 1, tzinfo=UTC)} | values
    delivery = Import.objects.create(source=source, **values)
    before, today = published(_bare(now if then is None else then), _bare(now), small=counting().small_segment)
    made = Made(delivery.pk, source, today, before, is_current)
    write_segments(import_id=delivery.pk, at_delivery=True, old={}, new=made.then)
    if is_current:
        write_segments(import_id=delivery.pk, at_delivery=False, old={}, new=made.now)
        change = PictureChange()
        change.replace({}, made.now)
        change.write()
    residents, courses, buyers = (sum(counts[number] for counts in made.then.values()) for number in range(3))
    ImportDemand.objects.create(
        delivery=delivery,
        source=source,
        delivered_at=delivery.created_at,
        revision=delivery.revision,
        scheme=counting().scheme,
        is_current=is_current,
        as_of=datetime.now(UTC).date() if is_current else delivery.created_at.date(),
        refreshed_at=datetime.now(UTC),
        residents=residents,
        courses=courses,
        buyers=buyers,
    )
    return made


def _bare(counts: dict[SegmentKey, Counts]) -> Segments:
    return {key: (*one, 0) for key, one in counts.items()}


def crowd(seed: int, *, segments: int = 40, largest: int = 12) -> dict[SegmentKey, Counts]:
    """Segments of very different size, the same ones for the same seed."""
    dice = random.Random(seed)
    found: dict[SegmentKey, Counts] = {}
    for _ in range(segments):
        key = (dice.choice(TOWNS), dice.randrange(7), dice.choice(CHANNELS), dice.choice(GENDERS))
        residents = int(1 + largest * dice.random() ** 3)
        courses = dice.randrange(3 * residents)
        found[key] = (residents, courses, min(residents, courses))
    return found


def naive(imports: Iterable[tuple[str, Segments]], question: Question, *, restricted: bool) -> dict[Any, list[int]]:
    """The counts of each row by its keys, before `min_residents`."""
    sums: defaultdict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    for source, segments in imports:
        if question.sources and source not in question.sources:
            continue
        for key, (*counts, mask) in segments.items():
            keys = row_keys(question, source, key, mask, restricted=restricted)
            if keys is not None:
                sums[keys] = [a + b for a, b in zip(sums[keys], counts, strict=True)]
    return dict(sums)


def row_keys(
    question: Question, source: str, key: SegmentKey, mask: int, *, restricted: bool
) -> tuple[str, ...] | None:
    """The keys of the row in which a segment counts; None where it counts nowhere."""
    values = {**dict(zip(NAMES, key, strict=True)), "age_group": counting().age_groups.labels[key[1]], SOURCE: source}
    if any(values[name] not in chosen for name, chosen in question.filters.items()):
        return None
    if restricted and not is_visible(mask, filters=question.filters):
        return None
    named = not restricted or is_named(mask, group_by=question.keys, filters=question.filters)
    return tuple(str(values[name]) if named or name == SOURCE else "other" for name in question.group_by)
