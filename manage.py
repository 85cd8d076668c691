#!/usr/bin/env python
"""Django's command line, with the embedded services under it where no server is named."""

import os
import signal
import sys

# They read and write files alone, or print what the code says.
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
    "startproject",
    "version",
}


def needs_database(arguments: list[str]) -> bool:
    """Whether the command named first in `arguments` talks to the database."""
    asks_for_help = not arguments or not {"-h", "--help", "--version"}.isdisjoint(arguments)
    return not asks_for_help and arguments[0] not in WITHOUT_DATABASE


def ensure_services() -> None:
    """Join or start the embedded services that this process uses until it ends."""
    from config import env
    from config.embedded import EmbeddedError, ensure

    try:
        ensure(env.DATA_DIR, postgres=env.DATABASE_URL is None, redis=env.REDIS_URL is None)
    except EmbeddedError as error:
        sys.exit(f"demanda: {error}")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    production = os.environ["DJANGO_SETTINGS_MODULE"] == "config.settings.production"
    # An exit that Python sees: the services are left, and stopped by the last one.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: sys.exit(128 + received))
    if needs_database(sys.argv[1:]) and not production:
        ensure_services()

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
