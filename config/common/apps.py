"""The ground that every other app stands on."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import m2m_changed, post_migrate


class CommonConfig(AppConfig):
    """Connects what keeps the roles in step with `config.common.roles`."""

    name = "config.common"
    label = "common"
    verbose_name = "Access"

    def ready(self) -> None:
        from django.contrib.auth import get_user_model

        import config.common.api.schema_auth
        import config.common.background.checks  # noqa: F401 - registers itself
        from config.common.metrics.statements import measure
        from config.common.observe import tasks, units
        from config.common.services.roles import on_group_change, on_migrate
        from config.common.sign_in import events

        units.install()
        tasks.install()
        post_migrate.connect(on_migrate, dispatch_uid="roles")
        m2m_changed.connect(on_group_change, sender=get_user_model().groups.through, dispatch_uid="staff")
        connection_created.connect(measure, dispatch_uid="metrics")
        events.connect()
        _register_figures()


def _register_figures() -> None:
    """What the metrics tell of the common ground."""
    from config.common.background.workers import workers_by_queue
    from config.common.metrics import gauge
    from config.common.services import figures

    gauge(
        "demanda_database_connections",
        "Open ones of the server, and its limit.",
        figures.database_connections,
        label="kind",
    )
    gauge("demanda_database_bytes", "What the database takes on its disk.", figures.database_bytes)
    gauge("demanda_beat_silent_seconds", "Since beat last sent anything, to a minute.", figures.seconds_since_beat)
    gauge("demanda_http_threads", "Requests that are worked on at the same time.", figures.http_threads, needs=None)
    gauge("demanda_queue_depth", "Messages that wait.", figures.queue_depths, label="queue", needs="redis")
    gauge("demanda_queue_oldest_seconds", "The longest wait.", figures.queue_ages, label="queue", needs="redis")
    gauge("demanda_workers", "Workers that live.", workers_by_queue, label="queue", needs="redis")
