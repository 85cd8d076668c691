"""What the address of the list of residents asks for, and the form above the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from config.common.digits import number_in
from imports.models import Citizen
from imports.services.residents.find_in_delivery import Wanted
from imports.services.residents.find_in_segment import KEYS

DELIVERY = "delivery__id__exact"
SEGMENT = "segment"
_AGES = ("age_from", "age_to")
# What is asked of residents. `who` is never saved: it is what a person is called.
ASKED = (DELIVERY, SEGMENT, "who", *KEYS, "gender", *_AGES)
SAVED = tuple(name for name in ASKED if name != "who")
_OLDEST = 200


@dataclass(frozen=True)
class Search:
    """The question: of the delivery with the number `delivery`, or of the current picture, who is as `wanted`.

    `segment`: the values for each of `KEYS` of the picture. `is_nonsense`: an age that is no number.
    """

    delivery: str
    is_of_picture: bool
    wanted: Wanted
    segment: Mapping[str, Sequence[str]]
    ages: tuple[str, str]
    is_nonsense: bool

    @property
    def inputs(self) -> list[tuple[str, ...]]:
        """The fields of the form: name, label, what was asked, the type, and a word of help. In a segment places and
        channels are chosen already."""
        several = _("Part of it; several with commas between")
        names: list[tuple[str, ...]] = [("who", _("Name begins with, or id"), self.wanted.who, "search", "")]
        if not self.is_of_picture:
            names += [
                ("town", _("Town"), ", ".join(self.wanted.towns), "search", several),
                ("channel", _("Channel"), ", ".join(self.wanted.channels), "search", several),
            ]
        first, last = self.ages
        return [*names, ("age_from", _("Age from"), first, "number", ""), ("age_to", _("to"), last, "number", "")]

    @property
    def genders(self) -> list[tuple[str, str, bool]]:
        """The boxes: value, label, whether it is ticked."""
        # Of the field: these are in the reader's language.
        choices = Citizen._meta.get_field("gender").flatchoices
        return [(value, str(label), value in self.wanted.genders) for value, label in choices]

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """What else the form sends: the delivery, or the picture and the names and values of the segment."""
        if not self.is_of_picture:
            return [(DELIVERY, self.delivery)]
        return [(SEGMENT, "current"), *((key, value) for key, values in self.segment.items() for value in values)]


def search_in(query: QueryDict) -> Search:
    """Reads the address."""
    asked = {name: [value.replace("\0", "") for value in query.getlist(name)] for name in ASKED}
    first = {name: values[-1] if values else "" for name, values in asked.items()}
    of_picture = first[SEGMENT] == "current" and not first[DELIVERY]
    ages = (first["age_from"].strip(), first["age_to"].strip())
    numbers = [number_in(age) for age in ages]
    wanted = Wanted(
        who=first["who"].strip(),
        genders=tuple(filter(None, asked["gender"])),
        ages=(_bounded(numbers[0]), _bounded(numbers[1])),
        day=timezone.localdate(),
    )
    if not of_picture:
        wanted = replace(wanted, towns=_parts(asked["town"]), channels=_parts(asked["channel"]))
    return Search(
        delivery=first[DELIVERY],
        is_of_picture=of_picture,
        wanted=wanted,
        segment={key: list(filter(None, asked[key])) for key in KEYS},
        ages=ages,
        is_nonsense=any(age and number is None for age, number in zip(ages, numbers, strict=True)),
    )


def _bounded(age: int | None) -> int | None:
    return None if age is None else min(age, _OLDEST)


def _parts(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.strip() for text in texts for part in text.split(",") if part)
