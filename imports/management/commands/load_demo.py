"""`manage.py load_demo`: the demo deliveries, once, into a database without deliveries."""

import errno
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config.common.problems import NoSpace
from config.common.words import counted
from imports.demo.deliveries import make_demo
from imports.models import Import
from imports.services.loading.load_document import load_document

# Made with the demo, in one transaction: while this user exists the demo is not loaded again, also when somebody has
# deleted its deliveries.
DEMO_USER = "demo"


class Command(BaseCommand):
    """Loads through the service that the API uses."""

    help = "Load the demo deliveries, once, into a database without imports."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--citizens", type=int, default=10_000)
        parser.add_argument("--seed", type=int, default=1)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        users = get_user_model().objects
        if users.filter(username=DEMO_USER).exists() or Import.objects.exists():
            return
        try:
            self._load(users.create_user(username=DEMO_USER), options)
        except NoSpace as refusal:
            raise CommandError(refusal.detail, returncode=errno.ENOSPC) from refusal

    def _load(self, actor: User, options: dict[str, Any]) -> None:
        for delivery in make_demo(citizens=options["citizens"], seed=options["seed"]):
            loaded = load_document(body=delivery.body, source=delivery.source, actor=actor)
            self.stdout.write(f"Demo: {loaded}, {counted(loaded.citizen_count, 'resident')}.")
