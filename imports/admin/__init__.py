"""Deliveries, their residents and the corrections of these in the admin, one file a subject."""

from imports.admin import citizens, corrections, imports

__all__ = ["citizens", "corrections", "imports"]
