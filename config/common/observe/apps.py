"""The observe app."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ObserveConfig(AppConfig):
    """What an operator sees of the running product: logs, metrics, health, profiles."""

    name = "config.common.observe"
    verbose_name = "Observation"

    def ready(self) -> None:
        from config.common.observe import tasks_as_units, units
        from config.common.observe.metrics.statements import measure
        from config.common.observe.services import metrics

        units.install()
        tasks_as_units.install()
        connection_created.connect(measure, dispatch_uid="metrics")
        metrics.register()
