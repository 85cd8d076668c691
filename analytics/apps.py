"""The analytics app."""

from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Who wants the next course: where, how old, through which channel."""

    name = "analytics"
    verbose_name = "Analytics"

    def ready(self) -> None:
        from analytics.services.counting.gauges import register

        register()
