"""`manage.py welcome`: where to look after `make run`, and how to sign in."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from config import env
from config.common.accounts.services.local_sign_in import local_sign_in

_TEXT = """
  Demanda is up.

  Home     {url}/
  Admin    {url}/admin/    user {username}, {password}
  API      {url}/docs    (to read: {url}/redoc)
  Token    {token}

  Try      curl -s -H 'Authorization: Token {token}' {url}{path}

  Ctrl-C stops it.
"""
_OWN_PASSWORD = "the password that you set"  # nosec B105 # a sentence to print
# The newest import has something to show; without one, the empty list has.
_NEWEST = "SELECT max(id) FROM imports_import WHERE deleted_at IS NULL AND status = 'complete'"


class Command(BaseCommand):
    """Makes the sign-in if need be."""

    help = "Print where to look and how to sign in on this machine."

    def handle(self, *args: Any, **options: Any) -> None:
        sign_in = local_sign_in(env.DATA_DIR / "sign-in.json")
        password = f"password {sign_in.password}" if sign_in.password else _OWN_PASSWORD
        self.stdout.write(
            _TEXT.format(
                url=f"http://{env.ADDRESS}",
                username=sign_in.username,
                password=password,
                token=sign_in.token,
                path=_example(),
            )
        )


def _example() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        newest = cursor.fetchone()[0]
    return f"/imports/{newest}/towns/stat/percentile/age" if newest else "/imports"
