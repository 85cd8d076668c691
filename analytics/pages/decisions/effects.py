"""What works, all else equal: the effect of each channel, age group, gender and city, beside its index."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.dimensions import first_age
from analytics.pages import labels
from analytics.pages.charts import Chart
from analytics.pages.filters import Filters
from analytics.pages.tables import Cell, Table
from analytics.services.deciding.effects import EffectRow, find_effects

LABEL = gettext_lazy("What works, all else equal?")
# What can be chosen comes first, and of many cities the largest.
_ORDER = ("channel", "age_group", "gender", "city")
_MOST = 15
# So many a phone shows, and the others in the table.
_LEAD = 8


def section(filters: Filters, actor: User) -> dict[str, Any]:
    """Gives the context of its template: a chart of each factor, what is certain of channels, and who is left out."""
    found = find_effects(question=filters.question(), place="city", actor=actor)
    of_factor = {factor: [row for row in found.rows if row.factor == factor] for factor in _ORDER}
    known = {factor: [row for row in rows if row.effect is not None] for factor, rows in of_factor.items()}
    known["age_group"].sort(key=lambda row: first_age(row.level or ""))
    return {
        "charts": [_chart(factor, rows, len(of_factor[factor]), filters) for factor, rows in known.items() if rows],
        "words": _words(known["channel"]),
        "unknown": _unknown(sum(len(of_factor[factor]) - len(known[factor]) for factor in found.factors)),
        "not_held": _not_held(found.factors),
        "merged": found.meta.merged,
    }


def _chart(factor: str, rows: Sequence[EffectRow], total: int, filters: Filters) -> Chart:
    largest = sorted(rows, key=lambda row: -row.residents)[:_MOST]
    shown = [row for row in rows if row in largest]
    label = _TITLES[factor]
    data = {
        "kind": "bars",
        "label": str(label),
        "items": [_item(row, filters) for row in shown],
        "reference": labels.AVERAGE,
        "lead": _LEAD,
    }
    columns = [
        str(labels.DIMENSION_LABELS[factor]), _("Residents"), _("Index"), _("All else equal"), _("95 % interval"),
    ]  # fmt: skip
    cells = [_cells(row, filters) for row in shown]
    downloads = filters.downloads("effects", index_base="", min_residents=0)
    table = Table(str(label), columns, cells, downloads, labels.first_of(len(shown), total))
    return Chart(f"effects-{factor}", data, table)


_TITLES = {
    "channel": gettext_lazy("By channel, all else equal"),
    "age_group": gettext_lazy("By age, all else equal"),
    "gender": gettext_lazy("By gender, all else equal"),
    "city": gettext_lazy("By city, all else equal"),
}


def _item(row: EffectRow, filters: Filters) -> dict[str, Any]:
    figures = {"effect": labels.decimal(row.effect), "interval": _interval(row), "index": labels.decimal(row.index)}
    told = _("All else equal %(effect)s (%(interval)s), index %(index)s") % figures
    return {
        "name": _name(row),
        "title": f"{_name(row)}\n{told}\n{labels.residents(row.residents)}",
        "href": _href(row, filters),
        "value": row.effect,
        "low": row.effect_low,
        "high": row.effect_high,
        "figure": labels.count(row.effect or 0),
    }


def _cells(row: EffectRow, filters: Filters) -> list[Cell]:
    texts = [
        labels.count(row.residents), labels.decimal(row.index), labels.decimal(row.effect), _interval(row),
    ]  # fmt: skip
    return [Cell(_name(row), _href(row, filters), is_key=True), *(Cell(text, is_number=True) for text in texts)]


def _name(row: EffectRow) -> str:
    name = labels.value_label(row.factor, row.level or labels.NOTHING)
    return f"{name}, {row.country}" if row.country else name


def _href(row: EffectRow, filters: Filters) -> str:
    keys = {row.factor: row.level}
    return filters.segment(keys | {"country": row.country} if row.factor == "city" else keys)


def _interval(row: EffectRow) -> str:
    if row.effect_low is None or row.effect_high is None:
        return labels.NOTHING
    return _("%(low)s to %(high)s") % {"low": labels.decimal(row.effect_low), "high": labels.decimal(row.effect_high)}


def _words(channels: Sequence[EffectRow]) -> list[str]:
    """Says which channels differ from the average in their whole range, those above it first."""
    above = [row for row in channels if (row.effect_low or 0) > labels.AVERAGE]
    below = [row for row in channels if row.effect_high is not None and row.effect_high < labels.AVERAGE]
    told = []
    for rows, text in (
        (above, _("Above 100 in the whole range: %(channels)s.")),
        (below, _("Below 100 in the whole range: %(channels)s.")),
    ):
        if rows:
            told.append(
                text % {"channels": ", ".join(f"{_name(row)} ({labels.count(row.effect or 0)})" for row in rows)}
            )
    return told or [_("The range of every channel has 100 in it: none differs for sure, all else equal.")]


def _not_held(held: Sequence[str]) -> str:
    """Says which factors are not held equal, to those who may not see small segments; nothing where all are."""
    rest = [str(labels.DIMENSION_LABELS[factor]) for factor in _ORDER if factor not in held]
    if not rest:
        return ""
    told = _("Not held equal, because too few segments by it are large enough to show: %(factors)s.")
    return told % {"factors": ", ".join(rest)}


def _unknown(number: int) -> str:
    """Says of how many levels there is no effect; nothing where each has one."""
    if not number:
        return ""
    told = ngettext(
        "Of %(count)s city, channel, age or gender no effect can be told apart from the others.",
        "Of %(count)s cities, channels, ages or genders no effect can be told apart from the others.",
        number,
    )
    return told % {"count": labels.count(number)}
