"""`python -m config.embedded.prepare`: everything that comes before serving, in one process that imports Django once.

Migrates, loads the demo, and prints the welcome on standard output; what the first two tell goes to standard error.
"""

import os
import sys

import django
from django.core.management import CommandError, call_command

from config.embedded.errors import say


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    django.setup()
    step = ""
    try:
        for step in ("migrate", "load_demo"):
            call_command(step, stdout=sys.stderr, verbosity=1)
        step = "welcome"
        call_command(step)
    except CommandError as error:
        say(f"manage.py {step} failed: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
