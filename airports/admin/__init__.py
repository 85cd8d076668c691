"""The airports in the admin: the services' face for people. Importing it registers the pages."""

from airports.admin import airports, changes, removed

__all__ = ["airports", "changes", "removed"]
