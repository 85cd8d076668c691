"""`python -m config.embedded.prepare`: everything that comes before serving, in one process that imports Django once.

Migrates, loads the demo and the airports, counts the demand, and prints the welcome on standard output; what the
others tell goes to standard error.
"""

import errno
import os
import sys
from typing import Any

import django
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from config import env
from config.embedded.errors import say

STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("migrate", {"verbosity": 1}),
    ("load_demo", {}),
    ("load_airports", {"package": True, "if_empty": True}),
    ("refresh_demand", {}),
    ("place_towns", {}),
)
KAFKA_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (("create_topics", {}),)
_OTHER_TABLES = (
    "This data folder holds the tables of a release that this one cannot go on with. Name another one (DATA_DIR), or"
    " remove it with `make clean`: what was delivered goes with it."
)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    django.setup()
    step = ""
    try:
        if is_of_a_release_before():
            say(_OTHER_TABLES)
            return 1
        for step, options in (*STEPS, *(KAFKA_STEPS if env.KAFKA_BOOTSTRAP_SERVERS else ())):
            _carry_out(step, options)
        step = "welcome"
        call_command(step)
    except CommandError as error:
        say(f"manage.py {step} failed: {error}")
        return 1
    except OperationalError as error:
        # A disk that is full, for instance.
        say(f"manage.py {step} failed: {str(error).splitlines()[0]}")
        return 1
    return 0


def is_of_a_release_before() -> bool:
    """Tells whether the tables are those of a release that no migration leads on from."""
    return ("common", "0001_initial") in MigrationRecorder(connection).applied_migrations()


def _carry_out(step: str, options: dict[str, Any]) -> None:
    """A step that the reserve of the disk has no room for can wait for the next start: what is stored is served."""
    try:
        call_command(step, stdout=sys.stderr, **options)
    except CommandError as error:
        if error.returncode != errno.ENOSPC:
            raise
        say(f"manage.py {step} is left out. {error}")


if __name__ == "__main__":
    sys.exit(main())
