"""Counts which residents of an import are related, by what both have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection

from analytics.models import CountedAlias, TownPlace
from analytics.services.counting.settings import Counting
from analytics.ties import Ints, Related, Sums, tie_sums
from config.common.spellings import fold

# Agreement, town, age group, channel, gender; the place of a key is empty, or -1, where the row is for all its values.
TieKey = tuple[int, str, int, str, str]
Ties = dict[TieKey, Sums]

# Everybody once, as a few long texts: related residents find each other in memory, which takes a fraction of the time
# of a join.
_SQL = """
    SELECT town, channel, gender, width_bucket(birth_date, %(then)s::date[]), width_bucket(birth_date, %(now)s::date[]),
        count(*), string_agg(citizen_id::text, ','), string_agg(cardinality(related)::text, ','),
        string_agg(array_to_string(related, ','), ',') FILTER (WHERE related <> '{}')
    FROM imports_citizen, LATERAL (SELECT relatives || friends AS related) AS known
    WHERE import_id = %(import_id)s
    GROUP BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class _Column:
    """The different values of a column, and the number of each row's."""

    values: list[Any]
    numbers: Ints


def count_ties(*, import_id: int, then: date, now: date, counting: Counting) -> tuple[Ties, Ties]:
    """Counts by ages on both days. A correction meanwhile is in it or not; with its revision the import is counted
    again."""
    groups = counting.age_groups
    values: dict[str, Any] = {"import_id": import_id, "then": groups.births(then), "now": groups.births(now)}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        rows = cursor.fetchall()
    if not rows:
        return {}, {}
    last = len(groups.bounds) - 1
    of_then, of_now = (last - np.array([row[place] for row in rows]) for place in (3, 4))
    named = _Named(rows)
    ties = named.ties(of_then)
    return ties, ties if (of_now == of_then).all() else named.ties(of_now)


class _Named:
    """The related residents of an import by everything but their ages, and what their keys are called."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        towns, channels, genders = ([row[place] for row in rows] for place in range(3))
        aliases = dict(CountedAlias.objects.values_list("fold", "channel"))
        self._town = _numbered(map(fold, towns))
        self._channel = _numbered(aliases.get(folded, folded) for folded in map(fold, channels))
        self._gender = _numbered(genders)
        self._keys = _where(self._town) | {"channel": self._channel.numbers, "gender": self._gender.numbers}
        self._of_row, self._courses, self._one, self._other = _pairs(rows)

    def ties(self, age_group: Ints) -> Ties:
        """Sums them up by these ages of the rows."""
        keys = {key: column[self._of_row] for key, column in (self._keys | {"age_group": age_group}).items()}
        sums = tie_sums(Related(keys, self._courses, self._one, self._other))
        return {self._name(*key): value for key, value in sums.items()}

    def _name(self, agrees: int, town: int, age_group: int, channel: int, gender: int) -> TieKey:
        named = ((self._town, town), (self._channel, channel), (self._gender, gender))
        texts = [column.values[number] if number >= 0 else "" for column, number in named]
        return agrees, texts[0], age_group, texts[1], texts[2]


def _pairs(rows: list[tuple[Any, ...]]) -> tuple[Ints, Ints, Ints, Ints]:
    """Gives each resident's row and courses, and the places of both residents of each pair."""
    of_row = np.repeat(np.arange(len(rows)), [row[5] for row in rows])
    numbers, courses, related = (_integers(row[place] for row in rows) for place in (6, 7, 8))
    order = np.argsort(numbers)
    one = np.repeat(np.arange(len(numbers)), courses)
    other = order[np.minimum(np.searchsorted(numbers, related, sorter=order), len(order) - 1)]
    # Who names itself buys a course for itself, and is no pair.
    which = (numbers[other] == related) & (one != other)
    return of_row, courses, one[which], other[which]


def _integers(texts: Iterable[str | None]) -> Ints:
    return np.fromstring(",".join(text for text in texts if text), dtype=np.int64, sep=",")


def _numbered(values: Iterable[str]) -> _Column:
    numbers: dict[str, int] = {}
    found = np.array([numbers.setdefault(value, len(numbers)) for value in values])
    return _Column(list(numbers), found)


def _where(town: _Column) -> dict[str, Ints]:
    """Numbers the town, city and country of each row; towns without a place are cities of their own in no country."""
    stored = TownPlace.objects.placed().filter(pk__in=town.values).values_list("town", "country", "city")
    places = {name: (country, city) for name, country, city in stored}
    of_town = [places.get(name, ("", name)) for name in town.values]
    country, city = (_numbered(map(str, values)).numbers for values in ([place[0] for place in of_town], of_town))
    return {"town": town.numbers, "city": city[town.numbers], "country": country[town.numbers]}
