"""`manage.py place_towns`: finds the towns of the deliveries on the map."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analytics.services.placing.place_towns import place_all_towns, place_towns
from config.common.words import counted


class Command(BaseCommand):
    """Places through the services that the sweeper and a schedule call."""

    help = "Find the places of towns that have none yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="of all towns, anew")

    def handle(self, *args: Any, **options: Any) -> None:
        found = place_all_towns() if options["all"] else place_towns()
        self.stdout.write(f"{counted(found.placed, 'town')} placed, {found.unplaced:,} not found.")
