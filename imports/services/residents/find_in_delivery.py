"""Finding residents of one delivery, for people who look for somebody.

There is no index for it beside the one of their ids: each costs every load more (by name, a quarter of its speed) than
it saves here, where the rows of a delivery lie together and are read through once: a tenth of a second for a million.
So whoever asks makes one such statement, of which `AT_MOST` rows are read.
"""

from dataclasses import dataclass

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
    minds case, accents, apostrophes, dashes, doubled spaces and format characters.
    """

    who: str = ""
    town: str = ""
    channel: str = ""

    @property
    def is_everybody(self) -> bool:
        """Whether nothing is asked."""
        return not (self.who or self.town or self.channel)


def matching_residents(*, import_id: int, wanted: Wanted) -> CitizenQuerySet:
    """Those of the delivery who are as `wanted`, the exact spelling of a name or town first, then by ascending id; not
    more than `AT_MOST` are worth reading."""
    residents = Citizen.objects.of(import_id)
    if _is_number(wanted.who):
        number = number_in(wanted.who)
        residents = residents.none() if number is None else residents.filter(citizen_id=number)
    elif wanted.who:
        residents = residents.begins("name", wanted.who)
    if wanted.town:
        residents = residents.begins("town", wanted.town)
    if wanted.channel:
        residents = residents.reached_by(wanted.channel)
    # The delivery is one: named in the order, it would only mislead the planner.
    return residents.order_by(*residents.query.order_by, "citizen_id")


def suggested_residents(*, import_id: int, who: str) -> list[Citizen]:
    """Up to `SUGGESTED` of those whose id or whose name begins so; the first ones for an empty text."""
    matching = matching_residents(import_id=import_id, wanted=Wanted(who=who))
    return list(matching.only("citizen_id", "name", "town", "delivery_id")[:SUGGESTED])


def _is_number(who: str) -> bool:
    """Whether it is an id and no name."""
    return who.isascii() and who.isdigit()
