"""PostGIS, where `manage.py use_postgis` gave the airports a column `place` that the database keeps."""

from functools import cache
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.sql.compiler import SQLCompiler

from airports.geo import Box, Point

COLUMN = "place"
_HAS_COLUMN = """
    SELECT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = to_regclass('airports_airport') AND attname = %s AND NOT attisdropped
    )
"""
# Candidates are compared once more by our own formula, so that answers are the same with and without the extension.
_MARGIN_METRES = 1.0


@cache
def has_places() -> bool:
    """Whether there is the column; looked up once in a process, which a restart has look again."""
    with connection.cursor() as cursor:
        cursor.execute(_HAS_COLUMN, [COLUMN])
        return bool(cursor.fetchone()[0])


class _OfPlace(Func):
    """A condition on the column of the airport's table, which the model does not know."""

    output_field = BooleanField()

    def __init__(self, *expressions: Any, condition: str = "") -> None:
        super().__init__(*(expressions or (F("latitude"),)))
        self._condition = condition

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *_: Any, **__: Any) -> tuple[str, Any]:
        # What the table is called in this query stands before the name of the column that it does know.
        beside, _params = compiler.compile(self.get_source_expressions()[0])
        return self._condition.format(place=f'{beside.rpartition(".")[0]}."{COLUMN}"'), ()


def reaches(centre: Point, metres: float) -> Func:
    """Whether an airport is at most `metres` from `centre` on the sphere, give or take a metre. By an index."""
    point = f"ST_MakePoint({centre.longitude!r}, {centre.latitude!r})::geography"
    return _OfPlace(condition=f"ST_DWithin({{place}}, {point}, {metres + _MARGIN_METRES!r}, false)")


def meets(box: Box) -> Func:
    """Whether an airport is about inside a box that does not cross the antimeridian. By an index."""
    corners = ", ".join(repr(degrees) for degrees in (box.west, box.south, box.east, box.north))
    return _OfPlace(condition=f"{{place}}::geometry && ST_MakeEnvelope({corners}, 4326)")
