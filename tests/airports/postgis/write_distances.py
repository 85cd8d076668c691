"""Computes with a real PostGIS what `tests/airports/test_postgis.py` compares with: `make postgis-distances`.

It needs Debian's packages (`apt-get install postgresql-15-postgis-3`). The result, `distances.json.gz`, is a part of
the repository, so that the tests need no PostGIS.
"""

import gzip
import json
import sys
from pathlib import Path

import airportsdata

from tests.debian_postgresql import debian_postgresql, psql

RESULT = Path(__file__).with_name("distances.json.gz")
AIRPORTS = 1_000
# Latitude and longitude: the poles, both names of the antimeridian and both its sides, the origin, three cities and
# the antipode of one of them.
POINTS = (
    (90.0, 0.0), (-90.0, 0.0), (0.0, 180.0), (0.0, -180.0), (-17.75, 179.9), (65.0, -179.5), (0.0, 0.0),
    (37.773972, -122.43129), (-37.773972, 57.56871), (39.4893, -0.481625),
)  # fmt: skip
# Farther out than this an airport is always among the thousand.
_POLAR, _NEAR_DATE_LINE = 75, 178

_SQL = """
    SELECT round(ST_DistanceSphere(ST_MakePoint({lon}, {lat}), ST_MakePoint(lon, lat))::numeric, 4)
    FROM airport ORDER BY id;
"""


def chosen_airports() -> list[tuple[float, float]]:
    """Latitude and longitude of a thousand airports: all the outlying ones, the rest spread evenly over the list."""
    listed = airportsdata.load("ICAO")
    places = [(listed[icao]["lat"], listed[icao]["lon"]) for icao in sorted(listed)]
    outlying = [place for place in places if abs(place[0]) > _POLAR or abs(place[1]) > _NEAR_DATE_LINE]
    others = [place for place in places if place not in set(outlying)]
    wanted = AIRPORTS - len(outlying)
    return outlying + [others[index * len(others) // wanted] for index in range(wanted)]


def main() -> None:
    """Writes `RESULT`."""
    airports = chosen_airports()
    with debian_postgresql() as socket:
        psql(socket, "CREATE EXTENSION IF NOT EXISTS postgis; CREATE TABLE airport (id int, lat float8, lon float8);")
        rows = ", ".join(f"({number}, {lat!r}, {lon!r})" for number, (lat, lon) in enumerate(airports))
        psql(socket, f"INSERT INTO airport VALUES {rows};")
        metres = [[float(line) for line in psql(socket, _SQL.format(lat=lat, lon=lon))] for lat, lon in POINTS]
        version = psql(socket, "SELECT postgis_lib_version();")[0]
    document = {"postgis": version, "points": POINTS, "airports": airports, "metres": metres}
    RESULT.write_bytes(gzip.compress(json.dumps(document, separators=(",", ":")).encode(), mtime=0))
    sys.stdout.write(f"{RESULT}: {len(POINTS)} × {len(airports)} distances by PostGIS {version}\n")


if __name__ == "__main__":
    main()
