"""Imports that were counted, made without residents, and what they answer, worked out slowly and obviously."""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from analytics.disclosure import is_named, is_visible
from analytics.models import ImportDemand, Perturbation, TownPlace
from analytics.services.asking.questions import SOURCE, UNPLACED, Question
from analytics.services.counting.count_import import SegmentKey, Segments, Spellings, Values, totals
from analytics.services.counting.picture import PictureChange
from analytics.services.counting.publish_segments import published, published_places
from analytics.services.counting.segments import write_segments
from analytics.services.counting.settings import counting
from analytics.services.counting.spellings import write_spellings
from config.common.spellings import fold
from imports.models import Import

Counts = tuple[int, int, int]
NAMES = ("town", "age_group", "channel", "gender")
TOWNS = ("Kyiv", "Київ", "Saint-Étienne", "a, b", "other", "=1+1")
# City and country of towns; two towns of one city, and two cities of one name.
PLACED = {"Kyiv": ("Kyiv", "UA"), "Київ": ("Kyiv", "UA"), "Saint-Étienne": ("Kyiv", "FR"), "a, b": ("Lyon", "FR")}
CHANNELS = ("tv", "radio", "other")
GENDERS = ("female", "male")


@dataclass(frozen=True)
class Made:
    """A counted import: its segments with their bits, today and at its date; names are as they were made, each has
    another fold."""

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
    then = now if then is None else then
    before, today = published(
        _folded(then),
        _folded(now),
        small=counting().small_segment,
        places=published_places({fold(key[0]) for key in then}),
    )
    change, spellings = PictureChange(), _spelled(now)
    write_segments(import_id=delivery.pk, at_delivery=True, old={}, new=before)
    write_spellings(import_id=delivery.pk, old={}, new=spellings)
    change.spell(spellings, delivered=1, current=int(is_current))
    if is_current:
        write_segments(import_id=delivery.pk, at_delivery=False, old={}, new=today)
        change.replace({}, today)
    change.write()
    made = Made(delivery.pk, source, _named(today, now), _named(before, then), is_current)
    ImportDemand.objects.create(
        delivery=delivery,
        source=source,
        delivered_at=delivery.created_at,
        revision=delivery.revision,
        scheme=counting().scheme,
        is_current=is_current,
        as_of=datetime.now(UTC).date() if is_current else delivery.created_at.date(),
        refreshed_at=datetime.now(UTC),
        drawn_at=Perturbation.objects.get_or_create(source=source)[0].changes,
        **totals(made.then),
    )
    return made


def show_as_drawn() -> None:
    """Everything that is counted is shown as it is, and as if it had been drawn so: a town that moves is no reason to
    count again."""
    Perturbation.objects.update(changes=1)
    ImportDemand.objects.update(drawn_at=1)


def place(town: str, **values: Any) -> TownPlace:
    """A town that is placed."""
    known: dict[str, Any] = {
        "method": "airport_city", "city": town, "country": "ES", "latitude": 39.5, "longitude": -0.4,
        "time_zone": "Europe/Madrid", "placed_at": timezone.now(),
    }  # fmt: skip
    return TownPlace.objects.create(town=fold(town), **(known | values))


def place_towns_of_crowd() -> None:
    """Places some of the towns; before deliveries are made, so that everybody knows."""
    for town, (city, country) in PLACED.items():
        place(town, city=city, country=country)


def _folded(counts: dict[SegmentKey, Counts]) -> Segments:
    """Shown as they are."""
    return {
        (fold(town), age, fold(channel), gender): Values(*one, *one, squares=one[1] ** 2 // max(one[2], 1))
        for (town, age, channel, gender), one in counts.items()
    }


def _spelled(counts: dict[SegmentKey, Counts]) -> Spellings:
    spelled: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for (town, _, channel, _), (residents, _, _) in counts.items():
        spelled["town", fold(town), town] += residents
        spelled["channel", fold(channel), channel] += residents
    return dict(spelled)


def _named(folded: Segments, counts: dict[SegmentKey, Counts]) -> Segments:
    return dict(zip(counts, folded.values(), strict=True))


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
    cities = placed()
    for source, segments in imports:
        if question.sources and source not in question.sources:
            continue
        for key, values in segments.items():
            where = {"city": key[0], "country": None} | cities.get(fold(key[0]), {})
            keys = row_keys(question, {**where, SOURCE: source}, key, values.published, restricted=restricted)
            if keys is not None:
                sums[keys] = [a + b for a, b in zip(sums[keys], values.true, strict=True)]
    return dict(sums)


def row_keys(
    question: Question, known: dict[str, str | None], key: SegmentKey, mask: int, *, restricted: bool
) -> tuple[str | None, ...] | None:
    """The keys of the row in which a segment counts; None where it counts nowhere. `known`: source, city, country."""
    age = counting().age_groups.labels[key[1]]
    values: dict[str, Any] = {**dict(zip(NAMES, key, strict=True)), "age_group": age, **known}
    if any((values[name] or UNPLACED) not in chosen for name, chosen in question.filters.items()):
        return None
    if restricted and not is_visible(mask, filters=question.filters):
        return None
    named = not restricted or is_named(mask, group_by=question.keys, filters=question.filters)
    return tuple(values[name] if named or name == SOURCE else "other" for name in question.columns)


def placed() -> dict[str, dict[str, str]]:
    """City and country of the towns that are placed."""
    return {place.town: {"city": place.city, "country": place.country} for place in TownPlace.objects.placed()}
