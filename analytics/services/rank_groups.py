"""Groups against their average, in order, a page of them. Numbers are worked out for all groups at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics.disclosure import OTHER
from analytics.intervals import Numbers, clustered_interval
from analytics.services.questions import COUNTS, MEASURES, Question, Row
from analytics.services.read_segments import Group

# What is shown, and by what is sorted.
_DECIMALS = 2


class Ranking:
    """The groups with at least `min_residents`, in the order of `question`."""

    def __init__(self, groups: Sequence[Group], question: Question) -> None:
        residents = sum(group.residents for group in groups)
        # Courses of one resident on average over all groups, so that the large ones weigh more.
        courses, buyers = sum(group.courses for group in groups), sum(group.buyers for group in groups)
        self._average = courses / residents if residents else 0.0
        self._per_buyer = courses / buyers if buyers else 0.0
        self._names = question.group_by
        kept = [group for group in groups if group.residents >= question.min_residents]
        self.groups = self._sorted(kept, question.ordering)

    def rows(self, *, limit: int | None = None, offset: int = 0) -> list[Row]:
        """A page, or everything from `offset`."""
        page = self.groups[offset:] if limit is None else self.groups[offset : offset + limit]
        measures = [self._shown(name, page) for name in MEASURES[len(COUNTS) :]]
        return [
            Row(
                keys=dict(zip(self._names, group.keys, strict=True)),
                residents=group.residents,
                courses=group.courses,
                buyers=group.buyers,
                courses_per_100=per_100,
                index=index,
                index_low=low,
                index_high=high,
                is_other=group.is_other,
            )
            for group, per_100, index, low, high in zip(page, *measures, strict=True)
        ]

    def _shown(self, name: str, groups: Sequence[Group]) -> list[Any]:
        if name != "courses_per_100" and not self._average:
            return [None] * len(groups)
        shown: list[Any] = self._measure(name, groups).tolist()
        return shown

    def _sorted(self, groups: list[Group], ordering: Sequence[str]) -> list[Group]:
        """By `ordering`, then what is merged last, then by the keys, then by import."""
        others = np.array([group.is_other for group in groups])
        keys = {
            name: _places(name, [group.keys[number] for group in groups]) for number, name in enumerate(self._names)
        }
        columns = []
        for name in ordering:
            plain = name.removeprefix("-")
            # As a key, too, what is merged comes after all others.
            column = self._measure(plain, groups) if plain in MEASURES else keys[plain] + others * len(groups)
            columns.append(-column if name.startswith("-") else column)
        columns += [others, *keys.values(), np.array([group.import_id or 0 for group in groups])]
        # The last column counts first.
        return [groups[number] for number in np.lexsort(columns[::-1])]

    def _measure(self, name: str, groups: Sequence[Group]) -> Numbers:
        """One number for each group; zeros for an index where the average is none."""
        if name in COUNTS:
            return np.array([getattr(group, name) for group in groups], dtype=np.float64)
        residents = self._measure("residents", groups)
        courses = self._measure("courses", groups)
        if name == "courses_per_100":
            return np.round(100 * courses / residents, _DECIMALS)
        if not self._average:
            return np.zeros(len(groups))
        # The average is taken as known: it is made of many more residents than any of its groups.
        expected = self._average * residents
        if name == "index":
            return np.round(100 * courses / expected, _DECIMALS)
        buyers = self._measure("buyers", groups)
        low, high = clustered_interval(courses, buyers, courses_per_buyer=self._per_buyer)
        return np.round(100 * (low if name == "index_low" else high) / expected, _DECIMALS)


def _places(name: str, values: Sequence[str]) -> Numbers:
    """Where each value stands among all of them: texts by code point, age groups by age."""
    order = sorted(set(values), key=_first_age if name == "age_group" else None)
    places = {value: place for place, value in enumerate(order)}
    return np.array([places[value] for value in values], dtype=np.float64)


def _first_age(label: str) -> int:
    return -1 if label == OTHER else int(label.rstrip("+").partition("-")[0])
