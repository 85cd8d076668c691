"""Finding the residents behind a segment of the demand, across deliveries.

What a segment is, which deliveries are current, where towns lie and which channels are one is known to whoever counts
them: that app tells this one how to find them, when the process starts.
"""

from collections.abc import Callable, Mapping, Sequence

from django.contrib.auth.models import User
from django.db.models import Q

from imports.models import Citizen, Import
from imports.querysets import CitizenQuerySet
from imports.services.residents.find_in_delivery import Wanted, as_wanted

# What may be asked of the current picture, each by several values; ages apart.
KEYS = ("country", "city", "town", "channel", "source")

# The condition on residents, by the values for `KEYS`, and by the ages.
Segments = Callable[[Mapping[str, Sequence[str]], tuple[int | None, int | None]], Q]

_SEGMENTS: dict[str, Segments] = {}


def register(segments: Segments) -> None:
    """Says how the residents of a segment of the current picture are told."""
    _SEGMENTS["current"] = segments


def residents_of_segment(*, asked: Mapping[str, Sequence[str]], wanted: Wanted, actor: User) -> CitizenQuerySet:
    """Those of a segment of the current picture who are as `wanted`, of the deliveries whose residents the actor may
    see, ordered by delivery and id."""
    open_ones = Import.objects.whose_citizens_are_open_to(actor).filter(status=Import.Status.COMPLETE)
    in_segment = Citizen.objects.filter(_SEGMENTS["current"](asked, wanted.ages), delivery__in=open_ones)
    found = as_wanted(in_segment, Wanted(who=wanted.who, genders=wanted.genders))
    return found.order_by(*found.query.order_by, "delivery_id", "citizen_id")
