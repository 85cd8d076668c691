"""Finding residents of one delivery, for people who look for somebody.

There is no index for it beside the one of their ids: each costs every load more (by name, a quarter of its speed) than
it saves here, where the rows of a delivery lie together and are read through once: a tenth of a second for a million.
So whoever asks makes one such statement, which stops at `AT_MOST`.
"""

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Q

from config.common.digits import number_in
from imports.models import Citizen
from imports.querysets import CitizenQuerySet

# So many are found and no more: nobody reads on, they ask more exactly.
AT_MOST = 1_000
SUGGESTED = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for; an empty text asks nothing.

    `who` is an id, or the beginning of a name; `town` the beginning of a town and `channel` a whole one. None of them
    minds the case.
    """

    who: str = ""
    town: str = ""
    channel: str = ""

    @property
    def is_everybody(self) -> bool:
        """Whether nothing is asked."""
        return not (self.who or self.town or self.channel)


def matching_residents(*, import_id: int, wanted: Wanted) -> CitizenQuerySet:
    """Those of the delivery who are as `wanted`, by ascending id; not more than `AT_MOST` are worth reading."""
    condition = Q()
    if wanted.who:
        condition &= _is(wanted.who)
    if wanted.town:
        condition &= _has_letter("town", wanted.town[0]) & Q(town__istartswith=wanted.town)
    if wanted.channel:
        # As it is written, too: of that the planner knows how often it is, and reads no further than a page needs.
        condition &= _has_letter("channel", wanted.channel[0])
        condition &= Q(channel=wanted.channel) | Q(channel__iexact=wanted.channel)
    # The delivery is one: named in the order, it would only mislead the planner.
    return Citizen.objects.of(import_id).filter(condition).order_by("citizen_id")


def suggested_residents(*, import_id: int, who: str) -> list[Citizen]:
    """Up to `SUGGESTED` of those whose id or whose name begins so; the first ones for an empty text."""
    matching = matching_residents(import_id=import_id, wanted=Wanted(who=who))
    return list(matching.only("citizen_id", "name", "town", "delivery_id")[:SUGGESTED])


def _is(who: str) -> Q:
    if who.isascii() and who.isdigit():
        number = number_in(who)
        return Q(pk__in=[]) if number is None else Q(citizen_id=number)
    return _has_letter("name", who[0]) & Q(name__istartswith=who)


def _has_letter(column: str, letter: str) -> Q:
    """Whether the column begins with that letter in any case.

    It halves the time of a question: comparing a few bytes spares most rows the upper case of their whole value.
    """
    condition = Q()
    for spelling in _spellings(letter):
        condition |= Q(**{f"{column}__startswith": spelling})
    return condition


@lru_cache(1024)
def _spellings(letter: str) -> list[str]:
    """All letters that are the same in upper case: i, I and the ı of Turkish."""
    upper = letter.upper()
    return sorted({letter, *(other for other in map(chr, range(0x1_0000)) if other.upper() == upper)})
