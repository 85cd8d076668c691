"""Schedules and leases in the admin: each module registers its own."""

from config.common.background.admin import leases, schedules  # noqa: F401
