"""`manage.py reload_import ID`: loads what a delivery was made from once more, as a new delivery."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.common.problems import Problem
from imports.services.loading.receive_delivery import reload_delivery


class Command(BaseCommand):
    """A thin caller of the service."""

    help = "Queue the kept raw body of an import again, as a new import: for after the rules have changed."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("import_id", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            again = reload_delivery(import_id=options["import_id"], actor=None)
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        self.stdout.write(f"{again} is queued.")
