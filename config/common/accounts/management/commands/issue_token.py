"""`manage.py issue_token USERNAME [--role Managers] [--days 365]` prints a new API token, and nothing else."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.common.accounts.roles import ROLES
from config.common.accounts.services.tokens import issue_token
from config.common.problems import Problem


class Command(BaseCommand):
    """Makes the user if need be, gives it the role, prints the token."""

    help = "Print a new API token for a user, who is made if need be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        days = settings.API_TOKEN_DAYS
        parser.add_argument("username")
        parser.add_argument("--role", choices=sorted(ROLES), help="the role to give to the user")
        parser.add_argument("--days", type=int, default=days, help=f"how long the token lives (default: {days})")
        parser.add_argument("--label", default="", help="what will use the token")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            life = timedelta(days=options["days"])
            _, key = issue_token(username=options["username"], role=options["role"], life=life, label=options["label"])
        except (Problem, OverflowError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(key)
