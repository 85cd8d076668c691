"""What each city, age group, channel and gender does to courses, all else equal."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress
from typing import Any

import numpy as np
from django.contrib.auth.models import User

from analytics.arrays import Column, Ints, Numbers
from analytics.dimensions import place_of
from analytics.effects import Delivery, Effects, Pooled, effects_of_cells, effects_of_residents
from analytics.regression import Cells
from analytics.services.asking.estimates import Estimates
from analytics.services.asking.find_demand import is_restricted
from analytics.services.asking.kept import computed, kept
from analytics.services.asking.kept_groups import groups_of
from analytics.services.asking.questions import Meta, Question, Row
from analytics.services.asking.rank_groups import Ranking
from analytics.services.asking.read_estimates import read_estimates
from analytics.services.asking.read_groups import Groups
from analytics.services.asking.scopes import Scope, scope_of
from analytics.services.counting.count_if_new import count_if_new
from analytics.services.deciding.residents import Residents, each_delivery
from config.common.db.snapshots import snapshot

PLACES = ("city", "country")
OTHERS = ("age_group", "channel", "gender")
MEASURES = ("residents", "index", "effect", "effect_low", "effect_high")
SORTABLE = ("factor", "level", *MEASURES)
# Of the factors in their order the strongest levels first.
ORDERING = ("factor", "-effect")
_NAME = "effects"

# The name of a level, and the country of a city.
_Level = tuple[str | None, str | None]
_Found = dict[tuple[str, _Level], list[float]]


@dataclass(frozen=True, slots=True)
class EffectRow:
    """A level of a factor, `country` that of a city: its residents and index as demand has them, and beside them what
    it does all else equal, 100 for the average resident, with the ends of the 95 % interval.

    None where nothing tells it apart from the other factors, or none of its segments may be shown.
    """

    factor: str
    level: str | None
    country: str | None
    residents: int
    index: float | None
    effect: float | None
    effect_low: float | None
    effect_high: float | None


@dataclass(frozen=True, slots=True)
class FoundEffects:
    """A page of levels, how many there are in all, and what they are made of: the `factors` that were held equal, and
    `meta.merged` residents are in none of the segments that the effects were found from."""

    rows: list[EffectRow]
    count: int
    factors: tuple[str, ...]
    meta: Meta


def find_effects(*, question: Question, place: str, actor: User) -> FoundEffects:
    """Finds the effects of the levels of `place`, city or country, age group, channel and gender.

    Where `actor` may not see residents they are found from segments that everybody may see, which may be by fewer
    factors. Raises `UnknownImport`
    and `StillCounting` as `find_demand` does, and `NotCountedYet` while a worker is at it.
    """
    factors: tuple[str, ...] = (place, *OTHERS)
    restricted = is_restricted(actor)
    plain = replace(question, group_by=(), min_residents=0, index_of_all=False, with_expected=False)
    known = {} if restricted else _read(kept(_NAME, plain, place=place))
    count_if_new(question.import_id)
    with snapshot():
        scope = scope_of(plain)
        asked = {factor: _asked(plain, factor) for factor in factors}
        estimates = {factor: read_estimates(one, scope, restricted=restricted) for factor, one in asked.items()}
        held, merged = factors, 0
        if restricted:
            held, groups = _segments(plain, place, scope)
            known, merged = _published(_asked(plain, *held), groups, estimates), groups.merged
        meta = scope.meta(merged=merged)
    rows = [
        _row(factor, row, known)
        for factor in factors
        for row in Ranking(estimates[factor], asked[factor]).rows(np.arange(len(estimates[factor].groups.residents)))
        if not row.is_other
    ]
    _sort(rows, factors, question.ordering or ORDERING)
    stop = None if question.limit is None else question.offset + question.limit
    return FoundEffects(rows[question.offset : stop], len(rows), held, meta)


@computed(_NAME)
def _compute(question: Question, *, place: str) -> Any:
    """Finds the effects from residents and those they are related to: by factor the name, the country, the effect and
    its ends for each level."""
    factors = (place, *OTHERS)
    names: list[dict[_Level, int]] = [{} for _ in factors]
    parts = [_part(one, factors, names) for one in each_delivery(question)]
    keys = np.concatenate([np.zeros((len(factors), 0), np.int64), *(part.levels for part in parts)], axis=1)
    if not keys.size:
        return {}
    cells, cell = _cells(keys, np.concatenate([np.zeros(0), *(part.courses for part in parts)]), names)
    ends = np.cumsum([len(part.courses) for part in parts])[:-1]
    deliveries = (
        Delivery(of_residents, part.courses, part.one, part.other)
        for part, of_residents in zip(parts, np.split(cell, ends), strict=True)
    )
    found = effects_of_residents(cells, deliveries)
    return {factor: _written(known, one) for factor, known, one in zip(factors, names, found, strict=True)}


@dataclass(frozen=True, slots=True)
class _Part:
    """Those residents of a delivery that are asked about: the number of each one's level of each factor, their courses,
    and pairs of them."""

    levels: Ints
    courses: Numbers
    one: Ints
    other: Ints


def _part(residents: Residents, factors: Sequence[str], names: Sequence[dict[_Level, int]]) -> _Part:
    """Chooses the residents; `names` numbers the levels over all deliveries and takes in new ones."""
    matches = residents.matches
    levels = [_levels(residents, factor, known)[matches] for factor, known in zip(factors, names, strict=True)]
    one, other = residents.buyer, residents.recipient
    # Who is nobody's recipient is nobody in the delivery; whoever buys for itself is no pair.
    related = (other >= 0) & (one != other) & matches[one] & matches[other]
    place = np.cumsum(matches) - 1
    return _Part(
        np.array(levels), residents.courses[matches].astype(np.float64), place[one[related]], place[other[related]]
    )


def _levels(residents: Residents, factor: str, known: dict[_Level, int]) -> Ints:
    """Numbers the level of each resident."""
    numbers, names = residents.keys[factor], residents.names[factor]
    countries: list[str | None] = [None] * len(names)
    if factor == "city":
        of_country = residents.names["country"]
        different, first = np.unique(numbers, return_index=True)
        for number, country in zip(different.tolist(), residents.keys["country"][first].tolist(), strict=True):
            countries[number] = of_country[country]
    # Only names that somebody asked about has would be levels: the others have no residents.
    used = np.zeros(len(names), np.int64)
    for number in np.unique(numbers[residents.matches]).tolist():
        used[number] = known.setdefault((names[number], countries[number]), len(known))
    return used[numbers]


def _cells(keys: Ints, courses: Numbers, names: Sequence[dict[_Level, int]]) -> tuple[Cells, Ints]:
    """Sums residents up by their levels, and gives the number of each one's cell."""
    sizes = tuple(map(len, names))
    codes, cell = np.unique(np.ravel_multi_index(tuple(keys), sizes), return_inverse=True)
    residents, bought = (np.bincount(cell, values, len(codes)).astype(np.float64) for values in (None, courses))
    return Cells(residents, bought, tuple(np.unravel_index(codes, sizes)), sizes), cell


def _written(names: Iterable[_Level], effects: Effects) -> list[list[Any]]:
    ends = zip(*(getattr(effects, name).tolist() for name in Effects.__slots__), strict=True)
    # Of what is not known there is nothing to say.
    return [[*name, *found] for name, found in zip(names, ends, strict=True) if not math.isnan(found[0])]


def _read(written: dict[str, list[list[Any]]]) -> _Found:
    return {(factor, (name, country)): found for factor, levels in written.items() for name, country, *found in levels}


def _segments(question: Question, place: str, scope: Scope) -> tuple[tuple[str, ...], Groups]:
    """Reads the segments that everybody may see, by the first factors by which most residents are named, else by those
    by which the most are."""
    found = []
    for factors in ((place, *OTHERS), (place, *OTHERS[:-1]), OTHERS):
        groups = groups_of(_asked(question, *factors).of_groups, scope, restricted=True)
        if 2 * groups.merged <= groups.residents.sum():
            return factors, groups
        found.append((factors, groups))
    return min(found, key=lambda one: one[1].merged)


def _published(question: Question, groups: Groups, estimates: Mapping[str, Estimates]) -> _Found:
    """Finds the effects from segments, with the variances of the groups by each factor."""
    shown = groups.is_other == 0
    factors = question.group_by
    levels = [Column.of(list(compress(_named(groups, question, factor), shown))) for factor in factors]
    cells = Cells(
        groups.residents[shown].astype(np.float64),
        groups.courses[shown].astype(np.float64),
        tuple(column.numbers for column in levels),
        tuple(len(column.values) for column in levels),
    )
    pooled = [
        Pooled(estimates[factor].dispersion, estimates[factor].noise_of(cells.summed(place, cells.residents)))
        for place, factor in enumerate(factors)
    ]
    found = effects_of_cells(cells, pooled)
    written = {factor: _written(column.values, one) for factor, column, one in zip(factors, levels, found, strict=True)}
    return _read(written)


def _asked(question: Question, *factors: str) -> Question:
    return replace(question, group_by=factors, ordering=(), limit=None, offset=0)


def _named(groups: Groups, question: Question, factor: str) -> list[_Level]:
    """Gives the level of each group."""
    columns = dict(zip(question.columns, groups.keys, strict=True))
    countries = columns["country"] if factor == "city" else [None] * len(groups.residents)
    return list(zip(columns[factor], countries, strict=True))


def _row(factor: str, row: Row, known: _Found) -> EffectRow:
    country = row.keys["country"] if factor == "city" else None
    found = known.get((factor, (row.keys[factor], country)))
    effect, low, high = (None, None, None) if found is None else (100 * value for value in found)
    return EffectRow(factor, row.keys[factor], country, row.residents, row.index, effect, low, high)


def _sort(rows: list[EffectRow], factors: Sequence[str], ordering: Sequence[str]) -> None:
    """Sorts by the ordering, ties by the keys; what is not known comes last."""
    rows.sort(
        key=lambda row: (factors.index(row.factor), *place_of(row.factor, row.level), *place_of("country", row.country))
    )
    for name in reversed(ordering):
        rows.sort(key=partial(_sorted_by, name.removeprefix("-"), factors), reverse=name.startswith("-"))
        rows.sort(key=partial(_is_unknown, name.removeprefix("-")))


def _sorted_by(name: str, factors: Sequence[str], row: EffectRow) -> Any:
    if name == "factor":
        return factors.index(row.factor)
    return place_of(row.factor, row.level) if name == "level" else getattr(row, name) or 0


def _is_unknown(name: str, row: EffectRow) -> bool:
    return getattr(row, name) is None
