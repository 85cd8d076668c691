"""`manage.py resident_erase`: erases everything that is stored of a person, for good."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.common.privacy.readers import Reader
from config.common.problems import Problem
from imports.management.asking import NobodyThere, has_typed
from imports.management.resident_arguments import add_arguments, residents_of
from imports.services.erasing.erase_resident import ResidentErasure, erase_resident, plan_resident_erasure
from imports.services.residents.find_person import Pair


class Command(BaseCommand):
    """A thin caller of the service, a delivery a transaction."""

    help = "Erase everything that is stored of a resident, for good; asks before it does."

    def add_arguments(self, parser: Any) -> None:
        add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="Say what would be erased, and erase nothing.")
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, **options: Any) -> None:
        pairs = residents_of(options, self.stdout)
        try:
            for pair in pairs:
                self.stdout.write(_sentence(pair, _plan(pair), "would go"))
            if not pairs or options["dry_run"] or not (options["yes"] or self._agreed()):
                return
            for pair in pairs:
                self.stdout.write(_sentence(pair, _erase(pair), "are gone"))
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        self.stdout.write("Backups hold them until they are thrown away; the next delivery may bring them again.")

    def _agreed(self) -> bool:
        try:
            if has_typed("erase", after="This cannot be undone. Type erase to go on: "):
                return True
        except NobodyThere as error:
            raise CommandError("Nobody is there to be asked, so nothing was erased. Say --yes to erase.") from error
        self.stdout.write("Nothing was erased.")
        return False


def _plan(pair: Pair) -> ResidentErasure:
    return plan_resident_erasure(import_id=pair[0], citizen_id=pair[1], actor=None)


def _erase(pair: Pair) -> ResidentErasure:
    reader = Reader.at_command("resident_erase")
    return erase_resident(import_id=pair[0], citizen_id=pair[1], actor=None, reader=reader)


def _sentence(pair: Pair, erasure: ResidentErasure, verb: str) -> str:
    rows = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in asdict(erasure).items())
    return f"{pair[0]}/{pair[1]}: {rows} {verb}."
