"""Subscriptions and notices in the admin: each module registers its own."""

from config.common.events.admin import notices, subscriptions  # noqa: F401
