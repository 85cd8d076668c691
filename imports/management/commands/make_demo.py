"""Writes demo deliveries as files that can be posted."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.common.words import counted
from imports.demo.deliveries import make_demo


class Command(BaseCommand):
    """`manage.py make_demo`."""

    help = "Writes deliveries of invented residents, demo-SOURCE-NUMBER.json; the same seed gives the same bytes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many, from which seed, where to."""
        parser.add_argument("--citizens", type=int, default=10_000, help="in the last deliveries of all sources")
        parser.add_argument("--deliveries", type=int, default=3, help="of each source")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--out", type=Path, default=Path("demo"), help="folder, made where it is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the files and prints their names."""
        folder: Path = options["out"]
        try:
            demo = make_demo(citizens=options["citizens"], seed=options["seed"], deliveries=options["deliveries"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        folder.mkdir(parents=True, exist_ok=True)
        for delivery in demo:
            path = folder / delivery.filename
            path.write_bytes(delivery.body)
            self.stdout.write(f"{path}: {counted(len(delivery.citizens), 'resident')}")
