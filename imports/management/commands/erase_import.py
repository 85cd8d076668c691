"""`manage.py erase_import ID…`: erases the personal data of deliveries for good."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.common.problems import Problem
from imports.services.erasing.erase_delivery import erase_delivery, plan_erasure


class Command(BaseCommand):
    """A thin caller of the service."""

    help = "Erase the residents of imports for good, and what was kept of them; the imports stay in the list."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("import_ids", type=int, nargs="+", metavar="ID")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be erased, and erase nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        for import_id in options["import_ids"]:
            try:
                self.stdout.write(_plan(import_id) if options["dry_run"] else _erase(import_id))
            except Problem as problem:
                raise CommandError(f"{import_id}: {problem.detail}") from problem


def _plan(import_id: int) -> str:
    rows = ", ".join(
        f"{count} {name.replace('_', ' ')}" for name, count in asdict(plan_erasure(import_id=import_id)).items()
    )
    return f"Import {import_id}: {rows} would go."


def _erase(import_id: int) -> str:
    return f"{erase_delivery(import_id=import_id, actor=None)} is erased; its rows go in the background."
