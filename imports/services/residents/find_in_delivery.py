"""Finding residents of one delivery, for people who look for somebody.

There is no index for it beside the one of their ids: each costs every load more (by name, a quarter of its speed) than
it saves here, where the rows of a delivery lie together and are read through once: a tenth of a second for a million.
So whoever asks makes one such statement, of which `AT_MOST` rows are read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.common.digits import number_in
from config.common.folding import fold
from imports.dates import day_after_birth
from imports.models import Citizen
from imports.querysets import CitizenQuerySet

# So many are found and no more: nobody reads on, they ask more exactly.
AT_MOST = 1_000
SUGGESTED = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for; what is empty asks nothing.

    `who` is an id, or the beginning of a name; `towns` and `channels` are parts of names, of which any will do. None of
    them minds case, accents, apostrophes, dashes, doubled spaces and format characters. `ages` are the first and the
    last one, in full years on the `day`; None for an end that is open.
    """

    who: str = ""
    towns: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    ages: tuple[int | None, int | None] = (None, None)
    day: date = date.max

    @property
    def is_everybody(self) -> bool:
        """Whether nothing is asked."""
        return not (self.who or self.towns or self.channels or self.genders or any_age(self.ages))


def any_age(ages: tuple[int | None, int | None]) -> bool:
    """Whether the ages have an end."""
    return ages != (None, None)


def matching_residents(*, import_id: int, wanted: Wanted) -> CitizenQuerySet:
    """Those of the delivery who are as `wanted`, the exact spelling of a name first, then by ascending id; not more
    than `AT_MOST` are worth reading."""
    residents = as_wanted(Citizen.objects.of(import_id), wanted)
    # The delivery is one: named in the order, it would only mislead the planner.
    return residents.order_by(*residents.query.order_by, "citizen_id")


def as_wanted(residents: CitizenQuerySet, wanted: Wanted) -> CitizenQuerySet:
    """Those of `residents` who are as `wanted`; whose name begins so are in the order of how closely."""
    found = residents.order_by()
    if _is_number(wanted.who):
        number = number_in(wanted.who)
        found = found.none() if number is None else found.filter(citizen_id=number)
    elif wanted.who:
        found = found.begins("name", wanted.who)
    if wanted.towns:
        found = found.filter(town__in=_spellings(residents, "town", wanted.towns))
    if wanted.channels:
        found = found.filter(channel__in=_spellings(residents, "channel", wanted.channels))
    if wanted.genders:
        found = found.filter(gender__in=wanted.genders)
    return found.filter(**births(wanted.ages, wanted.day)) if any_age(wanted.ages) else found


def births(ages: tuple[int | None, int | None], day: date) -> dict[str, date]:
    """The conditions on dates of birth of whoever is of these ages on `day`. Nobody is younger than 0: who was born
    after `day` counts as that."""
    first, last = ages
    youngest = {"birth_date__lt": day_after_birth(day, first)} if first else {}
    return youngest | ({} if last is None else {"birth_date__gte": day_after_birth(day, last + 1)})


def _spellings(residents: CitizenQuerySet, column: Literal["town", "channel"], parts: Iterable[str]) -> list[str]:
    """The names in the column in which any of the parts stands.

    A delivery has few of them: to read them once, and compare them here, takes a tenth of what it takes to fold the
    column of each resident.
    """
    wanted = [folded for folded in map(fold, parts) if folded]
    known = residents.order_by().values_list(column, flat=True).distinct()
    return [name for name in known if any(part in fold(name) for part in wanted)]


def suggested_residents(*, import_id: int, who: str) -> list[Citizen]:
    """Up to `SUGGESTED` of those whose id or whose name begins so; the first ones for an empty text."""
    matching = matching_residents(import_id=import_id, wanted=Wanted(who=who))
    return list(matching.only("citizen_id", "name", "town", "delivery_id")[:SUGGESTED])


def _is_number(who: str) -> bool:
    """Whether it is an id and no name."""
    return who.isascii() and who.isdigit()
