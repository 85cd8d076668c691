"""Reads residents and whom they buy courses for, delivery by delivery, for computations in a worker."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.arrays import Column, Flags, Ints
from analytics.dimensions import DIMENSIONS
from analytics.services.asking.channels import channels_of
from analytics.services.asking.names import Names
from analytics.services.asking.questions import Question
from analytics.services.asking.scopes import Counted, scope_of
from analytics.services.counting.settings import Counting
from analytics.services.fetch_columns import fetch_columns
from analytics.ties import ends
from config.common.spellings import fold

# The empty texts of those who name nobody would be numbers without a digit: of null nothing is put together.
_SQL = """
    SELECT citizen_id, cardinality(relatives) + cardinality(friends) AS courses,
        nullif(array_to_string(relatives || friends, ','), '') AS related, town, channel, gender,
        width_bucket(birth_date, %(births)s::date[]) AS age, extract(month FROM birth_date)::int AS month
    FROM imports_citizen WHERE import_id = %(import_id)s
"""
_COLUMNS = ("citizen_id", "courses", "related", "town", "channel", "gender", "age", "month")
_TEXTS = {"town", "channel", "gender"}


@dataclass(frozen=True, slots=True)
class Residents:
    """The residents of one delivery, column by column, and both ends of their courses.

    `ids`: their numbers in it. `keys`: for each dimension the number of each one's value among `names`, where a city is
    its name and country, and stands once for each of its countries. `month`: of birth, 1 to 12. `matches`: whether the
    filters of the question let one pass. `buyer` and `recipient`: places of residents, one for each course; who is not
    there, -1, is nobody's recipient.
    """

    import_id: int
    ids: Ints
    courses: Ints
    keys: dict[str, Ints]
    names: dict[str, list[str | None]]
    month: Ints
    matches: Flags
    buyer: Ints
    recipient: Ints


def each_delivery(question: Question, *, ages_of: Counted | None = None) -> Iterator[Residents]:
    """Reads the deliveries that a question is of, one after the other; nothing of an erased one.

    `ages_of`: whose day and age groups hold for all of them, instead of each one's own. Raises what `scope_of` raises.
    """
    reader = _Reader(question)
    for counted in scope_of(question).imports:
        by = ages_of or counted
        yield reader.read(replace(counted, as_of=by.as_of, scheme=by.scheme))


class _Reader:
    """Knows what towns and channels are called, and which of them the filters let pass."""

    def __init__(self, question: Question) -> None:
        everything = replace(question, group_by=DIMENSIONS)
        self._names = Names(Question(group_by=DIMENSIONS), restricted=False)
        self._channels = channels_of(everything)
        towns = Names(everything, restricted=False).towns
        self._wanted = {
            "town": None if towns is None else set(towns),
            "channel": set(self._channels.folds(question.channels)) or None,
            "age_group": set(question.age_groups) or None,
            "gender": set(question.genders) or None,
        }

    def read(self, counted: Counted) -> Residents:
        groups = Counting.of_scheme(counted.scheme).age_groups
        values: dict[str, Any] = {"import_id": counted.import_id, "births": groups.births(counted.as_of)}
        columns = fetch_columns(_SQL, values, names=_COLUMNS, texts=_TEXTS)
        spelled = self._spelled(columns, groups.labels)
        called = self._called(spelled)
        buyer, recipient = ends(columns["citizen_id"], columns["courses"], columns["related"])
        return Residents(
            import_id=counted.import_id,
            ids=columns["citizen_id"],
            courses=columns["courses"],
            keys={key: column.numbers for key, column in called.items()},
            names={key: column.values for key, column in called.items()} | {"city": _names(called["city"])},
            month=columns["month"],
            matches=self._matching(spelled),
            buyer=buyer,
            recipient=recipient,
        )

    def _spelled(self, columns: dict[str, Any], ages: Sequence[str]) -> dict[str, Column[Any]]:
        """Gives the folds of the towns and channels, the age groups and the genders of the residents."""
        return {
            "town": columns["town"].renamed(fold),
            "channel": columns["channel"].renamed(lambda channel: self._channels.folds([channel])[0]),
            "age_group": Column(list(ages), len(ages) - 1 - columns["age"]),
            "gender": columns["gender"],
        }

    def _called(self, spelled: dict[str, Column[Any]]) -> dict[str, Column[Any]]:
        """Gives what each of them is called, and the country and city of the towns, a city with its country."""
        towns = spelled["town"]
        places = Column(self._names.places(towns.values), towns.numbers)
        return {
            **spelled,
            "country": places.renamed(lambda place: place.country),
            "city": places.renamed(lambda place: (place.city, place.country)),
            "town": places.renamed(lambda place: place.town),
            "channel": spelled["channel"].renamed(lambda channel: self._names.channels([channel])[0]),
        }

    def _matching(self, spelled: dict[str, Column[Any]]) -> Flags:
        matches = np.ones(len(spelled["town"]), dtype=np.bool_)
        for key, wanted in self._wanted.items():
            if wanted is not None:
                matches &= spelled[key].flags(wanted.__contains__)
        return matches


def _names(cities: Column[tuple[str, str | None]]) -> list[str | None]:
    return [name for name, _ in cities.values]
