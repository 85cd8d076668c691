"""Deliveries, their residents and the corrections of these in the admin, one file a subject."""

from imports.admin import corrections, deliveries, named, residents

__all__ = ["corrections", "deliveries", "named", "residents"]
