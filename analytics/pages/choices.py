"""Makes the fields of the filter form, and the ways out of filters that nobody matches."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.pages.answers import Answers
from analytics.pages.filters import Filters
from analytics.pages.labels import DIMENSION_LABELS
from analytics.pages.sections.heat import MEASURES
from imports.models import Citizen


@dataclass(frozen=True, slots=True)
class Option:
    """One of several values; `href` where choosing it is a link."""

    value: str
    label: str
    is_chosen: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field: with `options` a choice, with `suggestions` a text, else a number."""

    name: str
    label: str
    value: str
    options: Sequence[Option] = ()
    suggestions: Sequence[str] | None = None


def fields(answers: Answers, filters: Filters) -> list[Field]:
    """Makes the fields in the order of the question: where, how old, through what."""
    towns = [row.keys["town"] or "" for row in answers.towns.rows if not row.is_other]
    channels = [row.keys["channel"] or "" for row in answers.channels.rows if not row.is_other]
    return [
        Field("town", DIMENSION_LABELS["town"], filters.town, suggestions=towns),
        _choice("age_group", answers.age_groups, filters.age_group),
        _choice("channel", sorted(channels), filters.channel),
        _choice("gender", list(Citizen.Gender.values), filters.gender),
        _choice("source", answers.sources, filters.source),
        Field("min_residents", "Least residents", str(filters.min_residents or "")),
    ]


def measures(filters: Filters) -> list[Option]:
    """Offers the measures as links, beside the heat map."""
    return [
        Option(name, label, name == filters.measure, filters.href("heat", measure=name))
        for name, label in MEASURES.items()
    ]


def ways_out(filters: Filters) -> list[Option]:
    """Lists each filter that is set, and the page without it."""
    chosen = [name for name in DIMENSION_LABELS if getattr(filters, name)]
    ways = [
        Option(name, f"{DIMENSION_LABELS[name].lower()} {getattr(filters, name)}", href=filters.href(**{name: ""}))
        for name in chosen
    ]
    if filters.min_residents:
        ways.append(Option("min_residents", "a least number of residents", href=filters.href(min_residents=0)))
    return ways


def _choice(name: str, values: Sequence[str], chosen: str) -> Field:
    # What is in the URL stays chosen, also where there is no such value (any more).
    known = values if not chosen or chosen in values else [*values, chosen]
    options = [Option("", "Any", not chosen), *(Option(value, value, value == chosen) for value in known)]
    return Field(name, DIMENSION_LABELS[name], chosen, options)
