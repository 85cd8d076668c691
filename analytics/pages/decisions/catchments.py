"""The demand around each airport: the areas that a campaign can cover, on the map and in a table."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.pages import labels
from analytics.pages.charts import Chart, described
from analytics.pages.filters import Filters
from analytics.pages.report.parts import Part, demand_sheet
from analytics.pages.tables import MEASURE_LABELS, Cell, Table, measure_texts
from analytics.projection import project
from analytics.services.asking.nearest import CityKey
from analytics.services.asking.questions import UNPLACED
from analytics.services.deciding.catchments import DEFAULT_RADIUS, Catchment, NearAirport, find_catchments
from config.common.spellings import fold
from config.common.tabular.workbook import Sheet

LABEL = gettext_lazy("Around which airport?")
MOST_ROWS = 50
_ON_PAPER = 5
# The circles of others would be too small to see.
_DRAWN_ON_PAPER = 200
# So many cities of an area are named, and so many fit into an address.
_NAMED, _LINKED = 3, 20


def section(filters: Filters, actor: User) -> dict[str, Any]:
    """Gives the map and the table of all catchments with these filters."""
    rows = find_catchments(question=filters.question(with_expected=False), actor=actor).rows
    return {"summary": summary(rows), "chart": catchment_map(rows, filters), "kilometres": _kilometres()}


def report(filters: Filters, actor: User) -> Part:
    """Gives the map, and the first of the rows, on paper."""
    rows = find_catchments(question=filters.question(with_expected=False), actor=actor).rows
    words = [
        summary(rows),
        _("Each city counts for its nearest airport; all rows together are the demand. The larger the circle, the more "
          "courses; its shade says the index."),
    ]  # fmt: skip
    chart = catchment_map(rows, filters, most=_ON_PAPER, drawn=_DRAWN_ON_PAPER)
    words += filter(None, [labels.first_of(min(_DRAWN_ON_PAPER, len(rows)), len(rows))])
    return Part(str(LABEL), words, chart, _sheet(rows), with_table=True)


def summary(rows: Sequence[Catchment]) -> str:
    """Says how much of the demand is near an airport."""
    near = [one for one in rows if one.airport]
    courses = sum(one.row.courses for one in rows)
    told = ngettext(
        "%(share)s %% of the courses are for residents of cities within %(kilometres)s km of %(count)s airport.",
        "%(share)s %% of the courses are for residents of cities within %(kilometres)s km of %(count)s airports.",
        len(near),
    )
    # Rounded down: what is not quite all is not said to be.
    share = 1000 * sum(one.row.courses for one in near) // courses / 10 if courses else 0.0
    return told % {"share": labels.decimal(share), "kilometres": _kilometres(), "count": labels.count(len(near))}


def catchment_map(
    rows: Sequence[Catchment], filters: Filters, *, most: int = MOST_ROWS, drawn: int | None = None
) -> Chart:
    """Draws a circle at each airport, or `drawn` of them; the table has `most` rows, then what has no airport."""
    hrefs = _hrefs(rows, filters, shown=drawn)
    near = [(one, href) for one, href in zip(rows, hrefs, strict=False) if one.airport]
    points = [_point(one.airport, one, href) for one, href in near if one.airport]
    label = _("Map of the demand by airport. %(summary)s") % {"summary": summary(rows)}
    first = [*near[:most], *((one, "") for one in rows if not one.airport)]
    table = Table(
        caption=_("Demand by nearest airport"),
        columns=[_("Airport"), _("Cities"), *map(str, MEASURE_LABELS)],
        rows=[_cells(one, href) for one, href in first],
        downloads=filters.downloads("catchments"),
        note=labels.first_of(len(first), len(rows)),
    )
    return Chart("catchments", {"kind": "map", "label": label, "towns": points}, table)


def airport_label(one: Catchment) -> str:
    """Writes `Valencia Airport (VLC)`, or that no airport is near."""
    if one.airport is None:
        return _("No airport within %(kilometres)s km, or not on the map") % {"kilometres": _kilometres()}
    if not one.airport.iata:
        return one.airport.name
    return _("%(airport)s (%(code)s)") % {"airport": one.airport.name, "code": one.airport.iata}


def _kilometres() -> str:
    return labels.count(DEFAULT_RADIUS / 1000)


def _hrefs(rows: Sequence[Catchment], filters: Filters, *, shown: int | None) -> list[str]:
    """Gives for each area, or `shown` of them, the address of the page with its cities, where names and countries tell
    them from others."""
    known: defaultdict[str, list[str | None]] = defaultdict(list)
    for one in rows:
        for name, country in one.cities:
            known[fold(name or "")].append(country)
    found = []
    for one in rows[:shown]:
        names = {fold(name or "") for name, _country in one.cities}
        countries = {country for _name, country in one.cities}
        told = sum(country in countries for name in names for country in known[name]) == len(one.cities)
        cities, where = _filters_of(one.cities)
        is_linked = one.airport is not None and told and len(one.cities) <= _LINKED
        found.append(filters.href(city=cities, country=where, ask="") if is_linked else "")
    return found


def _filters_of(cities: Sequence[CityKey]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names, countries = zip(*cities, strict=True) if cities else ((), ())
    return tuple(dict.fromkeys(names)), tuple(dict.fromkeys(country or UNPLACED for country in countries))


def _point(airport: NearAirport, one: Catchment, href: str) -> dict[str, Any]:
    x, y = project(latitude=airport.latitude, longitude=airport.longitude)
    name = airport_label(one)
    title = f"{described(name, one.row)}\n{_cities(one)}"
    at = [round(x, 1), round(y, 1)]
    return {"name": name, "title": title, "href": href, "at": at, "value": one.row.courses, "index": one.row.index}


def _cells(one: Catchment, href: str) -> list[Cell]:
    return [
        Cell(airport_label(one), href, is_key=True),
        Cell(_cities(one)),
        *(Cell(text, is_number=True) for text in measure_texts(one.row)),
    ]


def _cities(one: Catchment) -> str:
    named = [f"{name}, {country}" if country else name or "" for name, country in one.cities[:_NAMED]]
    more = len(one.cities) - len(named)
    told = ngettext("%(count)s more", "%(count)s more", more) % {"count": labels.count(more)}
    return "; ".join([*named, told] if more else named) or labels.NOTHING


def _sheet(rows: Sequence[Catchment]) -> Sheet:
    demand = demand_sheet("catchments", (), [one.row for one in rows])
    airports = ((one.airport.iata, one.airport.name) if one.airport else (None, None) for one in rows)
    cells = (
        [*airport, len(one.cities), *figures] for one, airport, figures in zip(rows, airports, demand.rows, strict=True)
    )
    return Sheet(demand.title, ("airport_iata", "airport_name", "cities", *demand.header), cells)
