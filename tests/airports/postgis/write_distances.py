"""Computes with a real PostGIS what `tests/airports/test_postgis.py` compares with: `make postgis-distances`.

It needs Debian's packages (`apt-get install postgresql-15-postgis-3`) and, started by root, runs them as `nobody`, in
a cluster below a temporary folder that is gone at the end. The result, `distances.json.gz`, is a part of the
repository, so that the tests need no PostGIS.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import airportsdata

RESULT = Path(__file__).with_name("distances.json.gz")
PROGRAMS = Path("/usr/lib/postgresql/15/bin")
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
    with tempfile.TemporaryDirectory(prefix="postgis-") as folder, _postgis(Path(folder)) as socket:
        _psql(socket, "CREATE EXTENSION postgis; CREATE TABLE airport (id int, lat float8, lon float8);")
        rows = ", ".join(f"({number}, {lat!r}, {lon!r})" for number, (lat, lon) in enumerate(airports))
        _psql(socket, f"INSERT INTO airport VALUES {rows};")
        metres = [[float(line) for line in _psql(socket, _SQL.format(lat=lat, lon=lon))] for lat, lon in POINTS]
        version = _psql(socket, "SELECT postgis_lib_version();")[0]
    document = {"postgis": version, "points": POINTS, "airports": airports, "metres": metres}
    RESULT.write_bytes(gzip.compress(json.dumps(document, separators=(",", ":")).encode(), mtime=0))
    sys.stdout.write(f"{RESULT}: {len(POINTS)} × {len(airports)} distances by PostGIS {version}\n")


@contextmanager
def _postgis(folder: Path) -> Iterator[Path]:
    """The socket folder of a running cluster below `folder`."""
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    data = folder / "data"
    _run("initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust", "--no-sync")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    _run("pg_ctl", "--pgdata", data, "--wait", "--log", folder / "log", "--options", options, "start")
    try:
        yield folder
    finally:
        _run("pg_ctl", "--pgdata", data, "--wait", "--mode", "immediate", "stop")


def _psql(socket: Path, sql: str) -> list[str]:
    arguments = ("--no-psqlrc", "-v", "ON_ERROR_STOP=1", "--quiet", "--tuples-only", "--no-align", "--file", "-")
    return _run("psql", "--host", socket, "--username", "postgres", *arguments, text=sql).split()


def _run(program: str, *arguments: str | Path, text: str = "") -> str:
    """What the program prints. Raises CalledProcessError."""
    user: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
    # Not a pipe: the server that pg_ctl starts would hold it open.
    with tempfile.TemporaryFile("w+") as output:
        command = [PROGRAMS / program, *arguments]
        subprocess.run(command, input=text, stdout=output, text=True, check=True, cwd="/", **user)
        output.seek(0)
        return output.read()


if __name__ == "__main__":
    main()
