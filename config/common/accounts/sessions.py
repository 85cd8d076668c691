"""Django's sessions in the database, for keys that can be keys."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.utils import timezone

# As Django has it: shorter ones are none of its own.
_MIN_LENGTH = 8
# A session in use is written to once in this time, however many requests it makes.
_PRECISION = timedelta(minutes=1)


class SessionStore(DatabaseSessionStore):
    """Asks the database only for what Django could have made.

    A cookie may hold anything, a NUL byte too, which PostgreSQL takes in no text. A row that nobody uses for
    `SESSION_COOKIE_AGE` seconds has expired.
    """

    _expires: datetime | None = None

    def _validate_session_key(self, key: str | None) -> bool:
        return key is not None and len(key) >= _MIN_LENGTH and key.isascii() and key.isalnum()

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]  # Django's types leave it out
        self._expires = row.expire_date if row else None
        return row

    def keep(self) -> None:
        """Moves the end of a session that is used. Its data are not written: another request may have changed them."""
        end = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        if self._expires is not None and self._expires < end - _PRECISION:
            self.model.objects.filter(session_key=self.session_key, expire_date__lt=end).update(expire_date=end)
