"""`make airports-ddl`: writes `airports/sql/airports.sql` from the migrations, run in a database of its own."""

import sys

import django
from django.db import connection

from tests import services  # noqa: F401 - first: it starts the suite's PostgreSQL and names the settings
from tests.airports.sql.ddl import FILE, current_ddl


def main() -> None:
    """Writes `FILE`."""
    django.setup()
    kept = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = "airports_ddl"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        FILE.write_text(current_ddl(), encoding="utf-8")
    finally:
        connection.creation.destroy_test_db(kept, verbosity=0)
    sys.stdout.write(f"{FILE}\n")


if __name__ == "__main__":
    main()
