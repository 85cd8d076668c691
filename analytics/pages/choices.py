"""Makes the fields of the filter form, and the ways out of filters that nobody matches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from analytics.pages.answers import Answers
from analytics.pages.filters import ALL, GROUPINGS, ROWS, Filters
from analytics.pages.labels import DIMENSION_LABELS, country_label, described
from analytics.pages.sections.heat import MEASURES
from analytics.services.asking.questions import UNPLACED
from imports.models import Citizen

BASES = {ALL: "all residents", ROWS: "these filters"}


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
    places = [row.keys for row in answers.places.rows if not row.is_other]
    channels = [row.keys["channel"] or "" for row in answers.channels.rows if not row.is_other]
    return [
        _countries(sorted({keys["country"] or UNPLACED for keys in places}), filters.country),
        *(_typed(name, [keys[name] or "" for keys in places], getattr(filters, name)) for name in ("city", "town")),
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
    ways = [Option(name, described({name: getattr(filters, name)}), href=filters.href(**{name: ""})) for name in chosen]
    if filters.min_residents:
        ways.append(Option("min_residents", "a least number of residents", href=filters.href(min_residents=0)))
    return ways


def bases(filters: Filters) -> list[Option]:
    """Offers as links whose average has the index 100; none where the filters leave nobody out."""
    if filters.is_of_all_residents:
        return []
    return [
        Option(base, label, base == filters.index_base, filters.href("opportunities", index_base=base))
        for base, label in BASES.items()
    ]


def groupings(answers: Answers, filters: Filters) -> list[Option]:
    """Offers as links what the segments are by; with the share of residents who are named by it, if not all are."""
    all_named = min(answers.named.values()) == 1
    return [
        Option(by, label if all_named else f"{label} ({100 * answers.named[by]:.0f} %)", by == answers.by, href)
        for by, label in GROUPINGS.items()
        for href in [filters.href("opportunities", by=by)]
    ]


def _typed(name: str, suggestions: Iterable[str], value: str) -> Field:
    return Field(name, DIMENSION_LABELS[name], value, suggestions=list(dict.fromkeys(suggestions)))


def _countries(codes: Sequence[str], chosen: str) -> Field:
    field = _choice("country", codes, chosen)
    named = [replace(option, label=country_label(option.value)) if option.value else option for option in field.options]
    return replace(field, options=named)


def _choice(name: str, values: Sequence[str], chosen: str) -> Field:
    # What is in the URL stays chosen, also where there is no such value (any more).
    known = values if not chosen or chosen in values else [*values, chosen]
    options = [Option("", "Any", not chosen), *(Option(value, value, value == chosen) for value in known)]
    return Field(name, DIMENSION_LABELS[name], chosen, options)
