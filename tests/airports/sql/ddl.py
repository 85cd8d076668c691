"""The definition of the table of airports, as the database has it."""

import re
import subprocess

from config import env
from config.embedded import layout
from config.embedded.binaries import postgres_program
from tests.server import database_url

FILE = env.ROOT / "airports" / "sql" / "airports.sql"
TABLE = "airports_airport"

COLUMNS = "name, city, country, iata, icao, latitude, longitude, altitude, timezone, dst, tz, type, source"
COPY = f"\\copy {TABLE} ({COLUMNS}) FROM 'airports.csv' (FORMAT csv, HEADER, NULL '\\N')"

_HEADER = f"""\
-- The table of airports. `make airports-ddl` writes this file from the migrations; a test holds it to them.
-- psql -f airports/sql/airports.sql makes it; a file in the layout of OpenFlights goes in by
-- {COPY}
"""
# What pg_dump says of the session, of itself, and between its statements.
_NOISE = re.compile(r"(SET|SELECT pg_catalog\.set_config|--|\\(un)?restrict).*\n")


def program(name: str) -> str:
    """The path of a client program of PostgreSQL."""
    return str(postgres_program(layout(env.DATA_DIR), name))


def current_ddl() -> str:
    """The text that belongs into `FILE`: the table of the database that Django is connected to."""
    command = [program("pg_dump"), "--schema-only", "--no-owner", "--no-privileges", f"--table={TABLE}", database_url()]
    dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    statements = re.sub(r"\n{2,}", "\n\n", _NOISE.sub("", dump).replace("public.", "")).strip()
    return f"{_HEADER}\n{statements}\n"
