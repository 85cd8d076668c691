"""Which connections are a session of the server: behind a pooler, which shares sessions by transaction, not all are."""

from django.db import DEFAULT_DB_ALIAS, connections

# The connections past the pooler, where there is one.
SESSION = "session"


def session_alias() -> str:
    """The alias of the connections for what lasts longer than a transaction: advisory locks, and asking the server."""
    return SESSION if SESSION in connections.settings else DEFAULT_DB_ALIAS
