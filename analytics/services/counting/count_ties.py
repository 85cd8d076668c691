"""Counts which residents of an import are related, by what both have in common."""

from datetime import date
from operator import itemgetter
from typing import Any

from analytics.arrays import Column, Ints
from analytics.models import CountedAlias, TownPlace
from analytics.services.counting.settings import Counting
from analytics.services.fetch_columns import fetch_columns
from analytics.ties import Related, Sums, ends, tie_sums
from config.common.spellings import fold

# Agreement, town, age group, channel, gender; the place of a key is empty, or -1, where the row is for all its values.
TieKey = tuple[int, str, int, str, str]
Ties = dict[TieKey, Sums]

# Everybody who is related to somebody, as a few long texts: they find each other in memory, which takes a fraction of
# the time of a join, and nothing is sorted.
_SQL = """
    SELECT citizen_id, cardinality(relatives) + cardinality(friends) AS courses,
        array_to_string(relatives || friends, ',') AS related, town, channel, gender,
        width_bucket(birth_date, %(then)s::date[]) AS age_then, width_bucket(birth_date, %(now)s::date[]) AS age_now
    FROM imports_citizen
    WHERE import_id = %(import_id)s AND cardinality(relatives) + cardinality(friends) > 0
"""
_COLUMNS = ("citizen_id", "courses", "related", "town", "channel", "gender", "age_then", "age_now")
_TEXTS = {"town", "channel", "gender"}


def count_ties(*, import_id: int, then: date, now: date, counting: Counting) -> tuple[Ties, Ties]:
    """Counts by ages on both days. A correction meanwhile is in it or not; with its revision the import is counted
    again."""
    groups = counting.age_groups
    values: dict[str, Any] = {"import_id": import_id, "then": groups.births(then), "now": groups.births(now)}
    columns = fetch_columns(_SQL, values, names=_COLUMNS, texts=_TEXTS)
    last = len(groups.bounds) - 1
    of_then, of_now = (last - columns[name] for name in ("age_then", "age_now"))
    named = _Named(columns)
    ties = named.ties(of_then)
    return ties, ties if (of_now == of_then).all() else named.ties(of_now)


class _Named:
    """The related residents of an import by everything but their ages, and what their keys are called."""

    def __init__(self, columns: dict[str, Any]) -> None:
        aliases = dict(CountedAlias.objects.values_list("fold", "channel"))
        self._town, self._gender = columns["town"].renamed(fold), columns["gender"]
        channels = columns["channel"].renamed(fold)
        self._channel = channels.renamed(lambda channel: aliases.get(channel, channel))
        self._keys = _where(self._town) | {"channel": self._channel.numbers, "gender": self._gender.numbers}
        self._courses = columns["courses"]
        one, other = ends(columns["citizen_id"], columns["courses"], columns["related"])
        # Who names itself buys a course for itself, and is no pair.
        which = (other >= 0) & (one != other)
        self._one, self._other = one[which], other[which]

    def ties(self, age_group: Ints) -> Ties:
        """Sums them up by these ages of the residents."""
        sums = tie_sums(Related(self._keys | {"age_group": age_group}, self._courses, self._one, self._other))
        return {self._name(*key): value for key, value in sums.items()}

    def _name(self, agrees: int, town: int, age_group: int, channel: int, gender: int) -> TieKey:
        named = ((self._town, town), (self._channel, channel), (self._gender, gender))
        texts = [column.values[number] if number >= 0 else "" for column, number in named]
        return agrees, texts[0], age_group, texts[1], texts[2]


def _where(town: Column[str]) -> dict[str, Ints]:
    """Numbers the town, city and country of each row; towns without a place are cities of their own in no country."""
    stored = TownPlace.objects.placed().filter(pk__in=town.values).values_list("town", "country", "city")
    places = {name: (country, city) for name, country, city in stored}
    city = town.renamed(lambda name: places.get(name, ("", name)))
    return {"town": town.numbers, "city": city.numbers, "country": city.renamed(itemgetter(0)).numbers}
