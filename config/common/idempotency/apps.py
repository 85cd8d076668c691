"""The idempotency app."""

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    """Requests that are sent again have their first answer, and are carried out once."""

    name = "config.common.idempotency"
    verbose_name = "Idempotency"
