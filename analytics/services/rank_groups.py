"""Groups against their average, in order, a page of them. Numbers are worked out for all groups at once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from analytics.disclosure import OTHER
from analytics.intervals import Numbers, poisson_interval
from analytics.services.questions import COUNTS, MEASURES, Question, Row
from analytics.services.read_segments import Group

# What is shown, and by what is sorted.
_DECIMALS = 2


class Ranking:
    """The groups with at least `min_residents`, in the order of `question`."""

    def __init__(self, groups: Sequence[Group], question: Question) -> None:
        residents = sum(group.residents for group in groups)
        # Courses of one resident on average over all groups, so that the large ones weigh more.
        self._average = sum(group.courses for group in groups) / residents if residents else 0.0
        self._names = question.group_by
        self._place = _place_by(question.group_by)
        kept = sorted((group for group in groups if group.residents >= question.min_residents), key=self._place)
        self.groups = self._sorted(kept, question.ordering)

    def rows(self, *, limit: int | None = None, offset: int = 0) -> list[Row]:
        """A page, or everything from `offset`."""
        page = self.groups[offset:] if limit is None else self.groups[offset : offset + limit]
        measures = [self._shown(name, page) for name in MEASURES[len(COUNTS) :]]
        return [
            Row(dict(zip(self._names, group.keys, strict=True)), *group[1:4], *numbers, group.is_other)
            for group, *numbers in zip(page, *measures, strict=True)
        ]

    def _shown(self, name: str, groups: Sequence[Group]) -> list[Any]:
        if name != "courses_per_100" and not self._average:
            return [None] * len(groups)
        shown: list[Any] = self._measure(name, groups).tolist()
        return shown

    def _sorted(self, groups: list[Group], ordering: Sequence[str]) -> list[Group]:
        columns = []
        for name in ordering:
            plain = name.removeprefix("-")
            column = self._measure(plain, groups) if plain in MEASURES else self._order_of_key(plain, groups)
            columns.append(-column if name.startswith("-") else column)
        if not columns:
            return groups
        # The last column counts first, and equal ones stay in the order of their keys.
        return [groups[number] for number in np.lexsort(columns[::-1])]

    def _order_of_key(self, name: str, groups: Sequence[Group]) -> Numbers:
        position = 1 + self._names.index(name)
        values = [(group.is_other, self._place(group)[position]) for group in groups]
        order = {value: number for number, value in enumerate(sorted(set(values)))}
        return np.array([order[value] for value in values], dtype=np.float64)

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
        low, high = poisson_interval(courses)
        return np.round(100 * (low if name == "index_low" else high) / expected, _DECIMALS)


def _place_by(names: Sequence[str]) -> Callable[[Group], tuple[Any, ...]]:
    """How groups are sorted: by their keys, texts by code point and age groups by age; what is merged comes last."""
    is_age = [name == "age_group" for name in names]

    def place(group: Group) -> tuple[Any, ...]:
        keys = (_first_age(key) if age else key for key, age in zip(group.keys, is_age, strict=True))
        return (group.is_other, *keys, group.import_id)

    return place


def _first_age(label: str) -> int:
    return -1 if label == OTHER else int(label.rstrip("+").partition("-")[0])
