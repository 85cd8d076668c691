"""`manage.py expire_changes`: removes links that expired long ago."""

from typing import Any

from django.core.management.base import BaseCommand

from airports.services.expire_changes import expire_changes


class Command(BaseCommand):
    """Removes them through the service that a schedule calls."""

    help = "Remove the pending changes of airports that expired longer ago than the setting AIRPORT_LINK_MEMORY."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{expire_changes()} pending changes were removed.")
