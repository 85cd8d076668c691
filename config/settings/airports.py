"""The airports."""

from datetime import timedelta

# How long an airport with the deletion flag can still be restored.
AIRPORT_PURGE_AFTER = timedelta(days=30)

# How long a link to a change can be confirmed, and how long after that it is still known, to say why it cannot.
AIRPORT_LINK_LIFETIME = timedelta(hours=24)
AIRPORT_LINK_MEMORY = timedelta(days=30)

# How long it is known what became of a queued create.
QUEUED_CREATES_KEPT = timedelta(days=7)

# How long a file of airports waits for somebody to decide after the look at what it would do.
AIRPORT_UPLOADS_KEPT = timedelta(hours=24)
