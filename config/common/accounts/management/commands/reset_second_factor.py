"""The way back in for somebody who lost the app and the recovery codes."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.common.accounts.services.second_factor import remove_factor


class Command(BaseCommand):
    """Takes somebody's second factor away; their sessions end."""

    help = "Take the second factor of a user away. Where one is required, the next sign-in sets a new one up."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['username']}.")
        removed = remove_factor(user=user, actor=None)
        self.stdout.write("The second factor is gone." if removed else "There was no second factor.")
