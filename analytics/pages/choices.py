"""Makes the fields of the filter form, and the ways out of what is filtered."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.pages import labels
from analytics.pages.answers import Answers
from analytics.pages.filters import GROUPINGS, Filters
from analytics.pages.sections.heat import MEASURES
from analytics.services.asking.questions import UNPLACED
from config.common.spellings import fold
from imports.models import Citizen

# So many stand there to be ticked; of what has more one types a part of its name.
OFFERED = 12
_TYPED = ("city", "town", "channel", "source")
_MEANT = 8


@dataclass(frozen=True, slots=True)
class Option:
    """One of several values; `href` where choosing it, or taking it away, is a link."""

    value: str
    label: str
    is_chosen: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A dimension: values to tick, `chosen` says which are. `names`: all of them, where one types a part of a name."""

    name: str
    label: str
    options: Sequence[Option]
    names: Sequence[str] = ()

    @property
    def chosen(self) -> str:
        """Writes what is chosen."""
        return " / ".join(option.label for option in self.options if option.is_chosen)


def fields(answers: Answers, filters: Filters) -> list[Field]:
    """Makes the fields in the order of the question: where, how old, through what."""
    places = [row.keys for row in answers.places.rows if not row.is_other]
    values: dict[str, Iterable[str]] = {
        "country": sorted({keys["country"] or UNPLACED for keys in places}),
        "city": [keys["city"] or "" for keys in places],
        "town": [keys["town"] or "" for keys in places],
        "age_group": answers.age_groups,
        "channel": [row.keys["channel"] or "" for row in answers.channels.rows if not row.is_other],
        "gender": Citizen.Gender.values,
        "source": answers.sources,
    }
    return [_field(name, list(dict.fromkeys(known)), filters) for name, known in values.items()]


def _field(name: str, values: Sequence[str], filters: Filters) -> Field:
    chosen = getattr(filters, name)
    is_long = len(values) > OFFERED and name in _TYPED
    # What is in the address stays chosen, also where there is no such value (any more).
    offered = dict.fromkeys((*chosen, *values[:OFFERED])) if is_long else dict.fromkeys((*values, *chosen))
    options = [Option(value, labels.value_label(name, value), value in chosen) for value in offered]
    return Field(name, str(labels.DIMENSION_LABELS[name]), options, values if is_long else ())


def measures(filters: Filters) -> list[Option]:
    """Offers the measures as links, beside the heat map."""
    return [
        Option(name, str(label), name == filters.measure, filters.href("heat", measure=name))
        for name, label in MEASURES.items()
    ]


def ways_out(filters: Filters) -> list[Option]:
    """Lists each value that is filtered, and the page without it."""
    ways = [
        Option(value, labels.described({name: (value,)}), href=filters.without(name, value))
        for name in labels.DIMENSION_LABELS
        for value in getattr(filters, name)
    ]
    if filters.min_residents:
        least = _("at least %(residents)s") % {"residents": labels.residents(filters.min_residents)}
        ways.append(Option("min_residents", least, href=filters.href(min_residents=0)))
    return ways


def meant(answers: Answers, filters: Filters) -> list[Option]:
    """Offers the places and channels of whose names something is a part that was typed as a name."""
    found = []
    for field in (one for one in fields(answers, Filters()) if one.name in _TYPED):
        known = field.names or [option.value for option in field.options]
        for typed in set(getattr(filters, field.name)) - set(known):
            others = tuple(one for one in getattr(filters, field.name) if one != typed)
            for name in (one for one in known if _plain(typed) in _plain(one)):
                chosen: dict[str, Any] = {field.name: (*others, name)}
                found.append(Option(name, labels.described({field.name: (name,)}), href=filters.href(**chosen)))
    return found[:_MEANT]


def groupings(answers: Answers, filters: Filters) -> list[Option]:
    """Offers as links what the segments are by; with the share of residents who are named by it, if not all are."""
    all_named = min(answers.named.values()) == 1
    return [
        Option(by, str(label) if all_named else f"{label} ({100 * answers.named[by]:.0f} %)", by == answers.by, href)
        for by, label in GROUPINGS.items()
        for href in [filters.href("opportunities", by=by)]
    ]


def _plain(text: str) -> str:
    """Drops accents too: `bogota` is typed for Bogotá."""
    return "".join(one for one in unicodedata.normalize("NFKD", fold(text)) if not unicodedata.combining(one))
