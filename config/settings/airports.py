"""The airports."""

from datetime import timedelta

# How long an airport with the deletion flag can still be restored.
AIRPORT_PURGE_AFTER = timedelta(days=30)
