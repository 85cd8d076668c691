"""Which cities see a campaign and which do not, and how small an effect of it can be seen."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.pages import labels
from analytics.pages.charts import Chart
from analytics.pages.choices import Option
from analytics.pages.filters import Filters
from analytics.pages.tables import Cell, Table
from analytics.services.deciding.holdout import CAMPAIGN, MOST_PAIRS, MOST_SEED, HoldoutCity, design_holdout

LABEL = gettext_lazy("Does a campaign work?")
# So many pairs stand on the page, and all of them in the files.
_MOST_ROWS = 20
# Fewer pairs that are offered.
_FEWER = (5, 10, 20, 50, 100)
# Of the lifts that can be seen those with so many pairs are drawn.
_POINTS = 24


def section(filters: Filters, actor: User) -> dict[str, Any]:
    """Gives the context of its template: what can be seen, with how many cities, and which they are."""
    asked, pairs = filters.question(index_of_all=False), filters.pairs or MOST_PAIRS
    found = design_holdout(question=asked, seed=filters.seed, pairs=MOST_PAIRS, actor=actor)
    lifts = found.lifts[:pairs]
    return {
        "words": _words(lifts, sum(city.residents for city in found.cities[: 2 * len(lifts)])),
        "sizes": _sizes(len(found.lifts), len(lifts), filters),
        "again": filters.href("decide", seed=(filters.seed + 1) % MOST_SEED),
        "lifts": _chart(found.lifts, found.cities[: 2 * len(lifts)], filters) if lifts else None,
    }


def _words(lifts: Sequence[float], residents: int) -> str:
    """Says how small an effect can be seen."""
    if not lifts:
        return _("A comparison needs two cities with courses: fewer filters leave more of them.")
    told = ngettext(
        "With %(pairs)s pair of cities (%(residents)s) a campaign that brings %(lift)s %% more courses or beyond is "
        "noticed in eight of ten cases.",
        "With %(pairs)s pairs of cities (%(residents)s) a campaign that brings %(lift)s %% more courses or beyond is "
        "noticed in eight of ten cases.",
        len(lifts),
    )
    named = {"pairs": labels.count(len(lifts)), "residents": labels.residents(residents), "lift": _percent(lifts[-1])}
    return told % named


def _sizes(all_pairs: int, chosen: int, filters: Filters) -> list[Option]:
    """Offers fewer pairs, and all."""
    numbers = [*(number for number in _FEWER if number < all_pairs), all_pairs] if all_pairs else []
    return [
        Option(
            str(number),
            labels.count(number),
            number == chosen,
            filters.href("decide", pairs=0 if number == all_pairs else number),
        )
        for number in numbers
    ]


def _chart(lifts: Sequence[float], cities: Sequence[HoldoutCity], filters: Filters) -> Chart:
    step = max(1, -(-len(lifts) // _POINTS))
    drawn = sorted({*range(0, len(lifts), step), len(lifts) - 1})
    points = [
        {"at": place, "value": 100 * lifts[number], "title": _title(number + 1, lifts[number])}
        for place, number in enumerate(drawn)
    ]
    label = _("Smallest lift that is noticed, in per cent, by pairs of cities")
    data = {
        "kind": "lines",
        "label": label,
        "axis": [labels.count(number + 1) for number in drawn],
        "lines": [{"name": _("Smallest lift, in per cent"), "points": points}],
    }
    columns = [
        _("Pair"), _("City"), _("Sees the campaign"), _("Residents"), _("Courses"), _("Index"),
    ]  # fmt: skip
    rows = [_cells(city, filters) for city in cities[: 2 * _MOST_ROWS]]
    downloads = filters.downloads("holdout", index_base="", min_residents=0, seed=filters.seed, pairs=filters.pairs)
    caption = _("The cities of the design")
    return Chart("holdout", data, Table(caption, columns, rows, downloads, labels.first_of(len(rows), len(cities))))


def _title(pairs: int, lift: float) -> str:
    told = ngettext("%(pairs)s pair: %(lift)s %% more courses", "%(pairs)s pairs: %(lift)s %% more courses", pairs)
    return told % {"pairs": labels.count(pairs), "lift": _percent(lift)}


def _cells(city: HoldoutCity, filters: Filters) -> list[Cell]:
    name = ", ".join(part for part in (city.city, city.country) if part)
    href = filters.city_href({"city": city.city, "country": city.country})
    return [
        Cell(labels.count(city.pair), is_number=True),
        Cell(name, href, is_key=True),
        Cell(_("yes") if city.arm == CAMPAIGN else _("no")),
        Cell(labels.count(city.residents), is_number=True),
        Cell(labels.count(city.courses), is_number=True),
        Cell(labels.decimal(city.index), is_number=True),
    ]


def _percent(lift: float) -> str:
    """Writes a lift in per cent, small ones with a digit behind the point."""
    return number_format(round(100 * lift, 1), 1) if lift < 0.1 else labels.count(100 * lift)
