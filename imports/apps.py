"""Deliveries of residents: loading, reading, correcting, birthdays, age percentiles."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """The imports app."""

    name = "imports"
    verbose_name = "Residents"

    def ready(self) -> None:
        from imports.services.metrics import register

        register()
