"""`Valencia, Spain`, `San José (Costa Rica)`, `Portland, OR`, `Quito-Ecuador`: a town, and where it is told to be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analytics.places.names import key_of
from analytics.places.regions import Region, country_of, regions_of, without_kind
from analytics.places.shortened import shortened_regions

# What stands between a town and its country: marks that are in no name, and those that are in some.
_MARK = re.compile(r"[,;()\[\]]")
_SEPARATOR = re.compile(r"[,;:|\\()\[\]_/\t\n]|\s[-–—]+\s|[–—]")
_WORDS = re.compile(r"[\s.-]+")
# The words of the longest name of a country that somebody writes behind a town without a mark.
_LONGEST = 4
_CODE = 2
_DIGIT = re.compile(r"\d|\b[IVX]+ región", re.IGNORECASE)
# `Coruña, A`.
_ARTICLE = re.compile("a|o|el|la|las|los|les|l['’`´]|le|the", re.IGNORECASE)
_CAPITAL = frozenset(("capital", "federal", "nacional", "metropolitano", "metropolitana", "dc", "df", "dn", "dm"))
_UNSPEAKABLE = re.compile("[^aeiouyаеиоуіюяы]{3}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Qualified:
    """A town with the regions that its qualifier may mean, the likeliest first: those of one tuple are equally likely.

    `vague`: words were left over.
    """

    town: str
    tiers: tuple[tuple[Region, ...], ...]
    vague: bool = False

    @property
    def regions(self) -> tuple[Region, ...]:
        """All of them."""
        return tuple(region for tier in self.tiers for region in tier)


def qualified(name: str) -> Qualified | None:
    """The town and its regions, told apart by a comma or brackets; None without them, or where they are not known."""
    town, *behind = parts_of(name) or [""]
    return _reading(town, behind) if _MARK.search(name) else None


def marked_readings(name: str) -> Iterator[Qualified]:
    """What a comma, a semicolon or brackets tell apart: the town first, or last, as in `Peru, Lima`."""
    if _MARK.search(name):
        yield from _readings(name)


def other_readings(name: str) -> Iterator[Qualified]:
    """The towns and regions that a name may consist of where no comma tells."""
    if not _MARK.search(name):
        yield from _readings(name)
    words = [word for word in _WORDS.split(name) if word]
    for count in range(min(_LONGEST, len(words) - 1), 0, -1):
        for town, where in ((words[:-count], words[-count:]), (words[count:], words[:count])):
            reading = _reading(without_kind(" ".join(town)), [" ".join(where)])
            # `Mexico City` begins with a country, `Santa Fe Springs` with a region.
            if reading and (town == words[:-count] or country_of(" ".join(where))):
                yield reading


def shortened_readings(name: str) -> Iterator[Qualified]:
    """A town before a region or a country that is written shortened: `Monterrey, N.L.`, `Valencia Vzla`."""
    parts = parts_of(name)
    if len(parts) > 1:
        yield Qualified(parts[0], tuple(shortened_regions(parts[-1])))
    words = name.split()
    for count in range(min(_LONGEST, len(words) - 1), 0, -1):
        where = " ".join(words[-count:])
        if len(parts) == 1 and _is_short(where):
            yield Qualified(" ".join(words[:-count]), tuple(shortened_regions(where)))


def without_numbers(name: str) -> str:
    """`Guatemala, zona 10` as `Guatemala`, `28001 Madrid` as `Madrid`: districts and postcodes."""
    if not _DIGIT.search(name):
        return name
    parts = [part for part in parts_of(name) if not _DIGIT.search(part)] or [name]
    return ", ".join(" ".join(word for word in part.split() if not _DIGIT.search(word)) for part in parts)


def article_first(name: str) -> str | None:
    """`Coruña, A` as `A Coruña`."""
    parts = parts_of(name)
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and _ARTICLE.fullmatch(parts[1]) else None


def says_nothing(town: str, behind: list[str]) -> bool:
    """`Panamá, Panamá`, `Bogotá, Distrito Capital`: a region that is called as its town, or as that of any capital."""
    return {key_of(without_kind(part)) for part in behind} <= {key_of(town), *_CAPITAL}


def _is_short(where: str) -> bool:
    """In capitals, with full stops or beginning with three consonants, as no word of a name is."""
    return where.isupper() or where.endswith(".") or _UNSPEAKABLE.match(where) is not None or len(where) == _CODE


def parts_of(name: str) -> list[str]:
    """What stands between the marks."""
    return [part for piece in _SEPARATOR.split(name) if (part := piece.strip())]


def _readings(name: str) -> Iterator[Qualified]:
    town, *behind = parts_of(name) or [""]
    for reading in (_reading(town, behind), _reading(behind[-1], [*reversed(behind[:-1]), town]) if behind else None):
        if reading:
            yield reading


def _reading(town: str, behind: list[str]) -> Qualified | None:
    """`Springfield, Illinois, USA`: a state says more; what nobody knows makes the answer less sure."""
    if not behind:
        return None
    *between, where = behind
    country, regions = country_of(where), regions_of(where)
    around = {region.country for region in regions} | ({country.country} if country else set())
    if not between or not around:
        tiers = ((country,) if country else (), regions)
        return Qualified(town, tuple(filter(None, tiers))) if around else None
    inside = tuple(region for region in regions_of(between[-1]) if region.country in around)
    if inside:
        return Qualified(town, (inside,))
    return Qualified(town, tuple(filter(None, ((country,) if country else (), regions))), vague=True)
