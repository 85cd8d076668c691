"""`manage.py resident_export`: everything that is stored of a person, as one JSON document."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.common.privacy.readers import Reader
from config.common.problems import Problem
from imports.management.resident_arguments import add_arguments, residents_of
from imports.services.residents.export_resident import export_resident


class Command(BaseCommand):
    """A thin caller of the service."""

    help = "Write everything that is stored of a resident, as JSON, to the standard output."

    def add_arguments(self, parser: Any) -> None:
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        reader = Reader.at_command("resident_export")
        pairs = residents_of(options, self.stderr)
        try:
            documents = [
                export_resident(import_id=import_id, citizen_id=citizen_id, actor=None, reader=reader)
                for import_id, citizen_id in pairs
            ]
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        self.stdout.write(json.dumps({"deliveries": documents}, ensure_ascii=False, indent=2))
