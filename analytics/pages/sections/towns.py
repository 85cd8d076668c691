"""The towns behind a city, and how each was found."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.pages import labels
from analytics.pages.filters import Filters
from analytics.pages.tables import MEASURE_LABELS, Cell, Table, measure_texts
from analytics.services.asking.questions import Cities, City, CityTown

METHODS = {
    "alias": gettext_lazy("by hand"),
    "airport_city": gettext_lazy("airport's city"),
    "name": gettext_lazy("name"),
    "alternate_name": gettext_lazy("other name"),
    "spelling": gettext_lazy("other spelling"),
}


def towns_of_city(cities: Cities, filters: Filters) -> Table | None:
    """Lists the towns that were placed in the filtered city, and how; None where no city is filtered."""
    if not filters.city or not cities.placed:
        return None
    rows = [_cells(city, town, filters) for city in cities.placed for town in city.towns]
    columns = [_("Town"), _("City"), _("Found by"), *map(str, MEASURE_LABELS)]
    return Table(_("Towns of the city"), columns, rows, filters.downloads(group_by="town", ordering="-courses"))


def _cells(city: City, town: CityTown, filters: Filters) -> list[Cell]:
    return [
        Cell(town.town, filters.segment(town.row.keys), is_key=True),
        Cell(labels.city_label(city.row)),
        Cell(str(METHODS.get(town.method, town.method))),
        *(Cell(text, is_number=True) for text in measure_texts(town.row)),
    ]
