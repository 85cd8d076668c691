"""What towns, cities and channels are called in an answer, and where its towns are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from operator import attrgetter
from typing import Any

from analytics.arrays import Column
from analytics.dimensions import PLACES
from analytics.disclosure import OTHER
from analytics.models import PublishedPlace, Spelling, TownPlace
from analytics.services.asking.channels import channels_of
from analytics.services.asking.questions import UNPLACED, Question
from config.common.db.snapshots import once_in_snapshot
from config.common.spellings import fold

# What stands in a statement for the keys of what is merged: no fold is empty, no number negative.
NO_TEXT, NO_NUMBER = "", -1
TOWN, CHANNEL = Spelling.Kind.TOWN.value, Spelling.Kind.CHANNEL.value


@dataclass(frozen=True, slots=True)
class Place:
    """A town's name and its city; a town that is not placed is a city of its own name, in no country."""

    town: str
    city: str
    country: str | None


_MERGED = Place(OTHER, OTHER, OTHER)


class Names:
    """The names for one answer, of its snapshot: nothing is read that the question does not ask for.

    `restricted`: for callers who may not see residents towns are where they were when it was decided what these may
    see. `towns`: folds of the towns that the filters let pass, None where there are no such filters. `groups`: where
    one groups by cities or countries without towns, the number of the group of each of them; else None.
    """

    def __init__(self, question: Question, *, restricted: bool) -> None:
        is_filtered = bool(question.countries or question.cities or question.towns)
        found = _places_for(question, restricted=restricted)
        if is_filtered:
            found = _matching(found, question)
        self.towns = list(found) if is_filtered else None
        self.groups: dict[str, int] | None = None
        self._places: dict[Any, Place] = {**found, NO_TEXT: _MERGED}
        if question.finest in ("city", "country"):
            self.groups, self._places = _numbered(found, by_city=question.finest == "city")
        # Of a channel that no delivery names so, what staff call it.
        channels = channels_of(question).names | _spellings(CHANNEL) if "channel" in question.keys else {}
        self._channels = {**channels, NO_TEXT: OTHER}
        self._asked = [key for key in PLACES if key in question.columns]

    def label(self, columns: Mapping[str, Any]) -> dict[str, Column[str | None]]:
        """Names the values of a statement's columns: of `channel`, and of `town` or `place`, the number of a group,
        which tell those of town, city and country that the question's rows have."""
        named: dict[str, Column[str | None]] = {}
        if "channel" in columns:
            named["channel"] = columns["channel"].renamed(self._channels.__getitem__)
        if self._asked:
            where = Column.of(columns["place"].tolist()) if "place" in columns else columns["town"]
            places = where.renamed(self._places.__getitem__)
            named |= {key: places.renamed(attrgetter(key)) for key in self._asked}
        return named

    def places(self, towns: Iterable[str]) -> list[Place]:
        """Says where towns are by their folds; what was not counted yet is a city of its own."""
        return [self._places.get(town) or Place(town, town, None) for town in towns]

    def channels(self, folds: Iterable[str]) -> list[str]:
        """Names channels by their folds; what was not counted yet by its own."""
        return [self._channels.get(channel, channel) for channel in folds]


def names_now(question: Question, *, restricted: bool) -> tuple[bytes, ...]:
    """Digests all that the `Names` for a question are made of, to compare it with what it was."""
    places = _digest_of_places(restricted=restricted) if _asks_for_places(question) else b""
    channels = _spellings(CHANNEL) if "channel" in question.keys else {}
    known = channels_of(question)
    return (places, *map(_digest, (channels.items(), known.names.items(), known.aliases.items())))


@once_in_snapshot
def _digest_of_places(*, restricted: bool) -> bytes:
    places = _places(restricted=restricted)
    return _digest((town, place.town, place.city, place.country or "") for town, place in places.items())


def _digest(rows: Iterable[Iterable[str]]) -> bytes:
    # A text of the database has no character 0.
    return blake2b("\0".join(chain.from_iterable(rows)).encode(), digest_size=16).digest()


def _places_for(question: Question, *, restricted: bool) -> dict[str, Place]:
    return _places(restricted=restricted) if _asks_for_places(question) else {}


def _asks_for_places(question: Question) -> bool:
    return not {*PLACES}.isdisjoint((*question.keys, *question.filters))


@once_in_snapshot
def _spellings(kind: str) -> dict[str, str]:
    """Reads the spellings of a kind that are shown, by their folds."""
    return dict(Spelling.objects.filter(kind=kind).shown().values_list("fold", "spelling"))


@once_in_snapshot
def _places(*, restricted: bool) -> dict[str, Place]:
    """Reads where every town is that was ever counted, by its fold."""
    stored = (PublishedPlace if restricted else TownPlace).objects.values_list("town", "city", "country")
    cities = {town: (city, country) for town, city, country in stored}
    found = {}
    for town, name in _spellings(TOWN).items():
        city, country = cities.get(town, ("", ""))
        found[town] = Place(name, city or name, country or None)
    return found


def _matching(places: Mapping[str, Place], question: Question) -> dict[str, Place]:
    towns, cities = set(map(fold, question.towns)), set(map(fold, question.cities))
    countries = {None if country.lower() == UNPLACED else country.upper() for country in question.countries}
    return {
        town: place
        for town, place in places.items()
        if (not towns or town in towns)
        and (not cities or fold(place.city) in cities)
        and (not countries or place.country in countries)
    }


def _numbered(places: Mapping[str, Place], *, by_city: bool) -> tuple[dict[str, int], dict[Any, Place]]:
    """Numbers cities or countries: numbers are grouped and read faster than texts."""
    numbers: dict[tuple[str | None, ...], int] = {}
    groups, found = {}, {NO_NUMBER: _MERGED}
    for town, place in places.items():
        key = (place.country, place.city) if by_city else (place.country,)
        groups[town] = number = numbers.setdefault(key, len(numbers))
        found[number] = place
    return groups, found
