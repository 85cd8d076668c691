"""`manage.py use_postgis`: distances by PostGIS, and a view for maps, where the server has the extension."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.services.placing.use_postgis import NoPostgis, drop_postgis, use_postgis


class Command(BaseCommand):
    """Says what to do next."""

    help = "Give airports and towns a column of PostGIS, and maps the view demand_by_city."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--drop", action="store_true", help="take both off again; stop web servers and workers first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["drop"]:
            drop_postgis()
            self.stdout.write("The columns and the view are gone; the extension is still there.")
            return
        try:
            use_postgis()
        except NoPostgis as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Restart web servers and workers: they use it from then on. Maps open demand_by_city.")
