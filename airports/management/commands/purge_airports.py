"""`manage.py purge_airports`: removes what was flagged as deleted long enough ago."""

from typing import Any

from django.core.management.base import BaseCommand

from airports.services.purge_airports import purge_airports
from config.common.words import counted


class Command(BaseCommand):
    """Purges through the service that a schedule calls."""

    help = "Delete for good the airports whose deletion flag is older than the setting AIRPORT_PURGE_AFTER."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{counted(purge_airports(), 'airport')} deleted for good.")
