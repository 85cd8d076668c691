"""How old the residents of each town are."""

from datetime import date
from typing import TypedDict

from django.db import connection

from imports.services.access import READABLE_DELIVERY, require_still_readable

# percentile_cont interpolates as numpy.percentile does by default ("linear", R's type 7). OFFSET 0 keeps the ages from
# being worked out after the rows were sorted by town, when there is more to carry along.
_SQL = f"""
    SELECT town, percentile_cont(ARRAY[0.5, 0.75, 0.99]) WITHIN GROUP (ORDER BY years)
    FROM (
        SELECT town, date_part('year', age(%s::date, birth_date)) AS years
        FROM imports_citizen
        WHERE import_id = {READABLE_DELIVERY}
        OFFSET 0
    ) AS resident
    GROUP BY town
    ORDER BY town COLLATE "C"
"""  # nosec B608 # joins constants alone; values are parameters


class TownAges(TypedDict):
    """Percentiles of full years of age of one town's residents, to two decimals."""

    town: str
    p50: float
    p75: float
    p99: float


def age_percentiles(*, import_id: int, today: date) -> list[TownAges]:
    """For each town of the delivery, by name in code point order; ages on the day `today`.

    Raises `NotFound`, `Conflict` or `Gone` for a delivery that has no contents.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [today, import_id])
        towns = [_town(name, values) for name, values in cursor.fetchall()]
    if not towns:
        require_still_readable(import_id=import_id)
    return towns


def _town(name: str, values: list[float]) -> TownAges:
    p50, p75, p99 = (round(value, 2) for value in values)
    return {"town": name, "p50": p50, "p75": p75, "p99": p99}
