"""`manage.py refresh_demand [--all]`: what workers do every minute, now."""

from typing import Any

from django.core.management.base import BaseCommand

from analytics.services.counting.refresh_demand import refresh_all, refresh_demand
from config.common.words import counted


class Command(BaseCommand):
    """A thin caller of the service."""

    help = "Count the demand of imports that are new, were corrected or deleted, or whose residents grew older."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--all", action="store_true", help="count every complete import again")

    def handle(self, *args: Any, **options: Any) -> None:
        refreshed = refresh_all() if options["all"] else refresh_demand()[0]
        self.stdout.write(f"Demand: {counted(refreshed, 'import')} counted.")
