"""Gives airports and towns a column of PostGIS, which the database keeps, and maps a view of the demand."""

from django.db import NotSupportedError, ProgrammingError, connection, transaction

from airports.models import Airport
from airports.postgis import COLUMN, has_places
from analytics.models import TownPlace

_MAKE = "CREATE EXTENSION IF NOT EXISTS postgis"
_TABLES = (Airport._meta.db_table, TownPlace._meta.db_table)
# A sphere has an index of its own; boxes of parallels and meridians are plain geometry. NULL where there is no place.
_ADD = f"""
    ALTER TABLE {{table}} ADD COLUMN IF NOT EXISTS {COLUMN} geography(Point, 4326)
        GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geography) STORED;
    CREATE INDEX IF NOT EXISTS {{table}}_{COLUMN} ON {{table}} USING gist ({COLUMN});
    CREATE INDEX IF NOT EXISTS {{table}}_{COLUMN}_flat ON {{table}} USING gist (({COLUMN}::geometry))
"""
# A city is where those of its residents are who are the most in one town.
_VIEW = """
    CREATE OR REPLACE VIEW demand_by_city AS
    SELECT row_number() OVER (ORDER BY city, country) AS id, city, nullif(country, '') AS country,
        sum(residents)::bigint AS residents, sum(courses)::bigint AS courses, sum(buyers)::bigint AS buyers,
        round(100 * sum(courses) / sum(residents), 2) AS courses_per_100,
        (array_agg(place ORDER BY residents DESC, town))[1]::geometry(Point, 4326) AS place
    FROM analytics_townplace JOIN (
        SELECT town, sum(residents) AS residents, sum(courses) AS courses, sum(buyers) AS buyers
        FROM analytics_currentsegment GROUP BY town
    ) AS counted USING (town)
    WHERE place IS NOT NULL GROUP BY city, country
"""
_DROP = f"ALTER TABLE {{}} DROP COLUMN IF EXISTS {COLUMN}"


class NoPostgis(Exception):
    """The extension is not to be had; says what to do, to whoever runs the server."""


def use_postgis() -> None:
    """Makes the extension, the columns, their indexes and the view `demand_by_city`, as far as they are not there.

    Raises `NoPostgis` where the server has none, or this user may not make it.
    """
    try:
        with transaction.atomic():
            _run(_MAKE)
    except NotSupportedError as error:
        raise NoPostgis("The server has no PostGIS: install its package first.") from error
    except ProgrammingError as error:
        raise NoPostgis("Have a superuser run CREATE EXTENSION postgis in this database first.") from error
    with transaction.atomic():
        _run(*(_ADD.format(table=table) for table in _TABLES), _VIEW)
    has_places.cache_clear()


def drop_postgis() -> None:
    """Takes the view and the columns off again, and leaves the extension."""
    with transaction.atomic():
        _run("DROP VIEW IF EXISTS demand_by_city", *map(_DROP.format, _TABLES))
    has_places.cache_clear()


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        # Whoever reads these tables for long must not have everybody else wait behind this.
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        for statement in statements:
            cursor.execute(statement)
