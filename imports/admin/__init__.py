"""Deliveries and their residents in the admin, one file a subject."""

from imports.admin import deliveries, named, residents

__all__ = ["deliveries", "named", "residents"]
