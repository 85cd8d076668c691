"""Django's sessions in the database, for keys that can be keys."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

# As Django has it: shorter ones are none of its own.
_MIN_LENGTH = 8


class SessionStore(DatabaseSessionStore):
    """Asks the database only for what Django could have made.

    A cookie may hold anything, a NUL byte too, which PostgreSQL takes in no text.
    """

    def _validate_session_key(self, key: str | None) -> bool:
        return key is not None and len(key) >= _MIN_LENGTH and key.isascii() and key.isalnum()
