"""The backend that Django loads: `ENGINE` names its package."""

import select
import time
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import NotSupportedError
from django.db.backends.base.validation import BaseDatabaseValidation
from django.db.backends.postgresql import base, features
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

# One that was used a moment ago is dead only if the server or the network ended it since, which its socket says.
IDLE_SECONDS = 5.0


class DatabaseFeatures(features.DatabaseFeatures):
    """What a server must be able to do: an older one is refused by the first connection."""

    minimum_database_version = (15,)


class DatabaseValidation(BaseDatabaseValidation):
    """The check of the server itself, before a migration."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Refuses one that is too old."""
        try:
            self.connection.ensure_connection()
        except NotSupportedError as error:
            hint = "README says which versions are supported. DATABASE_URL names another server."
            return [Error(str(error), hint=hint, id="config.E006")]
        return []


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose health check costs a round trip only where it was idle for a while, or where there is doubt.

    A server that ends a connection says so, and closes it: both make its socket readable, which nothing else does
    between two statements. A server that is gone without a word is the watchdog's business, whether asked or not.
    """

    features_class = DatabaseFeatures
    validation_class = DatabaseValidation

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lived_at = float("-inf")

    def check_database_version_supported(self) -> None:
        """As Django's; but a connection that was refused does not stay open, to be taken for a good one."""
        try:
            super().check_database_version_supported()
        except NotSupportedError:
            self.close()
            raise

    def is_usable(self) -> bool:
        """As Django's, which asks the server; asked once before a request's first use of the connection."""
        now = time.monotonic()
        is_idle = self.connection.info.transaction_status == TRANSACTION_STATUS_IDLE
        was_used = now - self._lived_at < IDLE_SECONDS
        usable = (is_idle and was_used and not self.has_word()) or super().is_usable()
        self._lived_at = now if usable else float("-inf")
        return usable

    def has_word(self) -> bool:
        """Whether there is something of the server to read, if only the end of the connection."""
        poller = select.poll()
        poller.register(self.connection.fileno(), select.POLLIN)
        return bool(poller.poll(0))

    def chunked_cursor(self) -> Any:
        """As Django's, a cursor that the server keeps; but where a pooler gives the next statement to another session,
        outside of a transaction, one whose rows come at once."""
        if self.settings_dict.get("POOLED") and self.get_autocommit():
            return self.cursor()
        return super().chunked_cursor()
