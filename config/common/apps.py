"""The ground that every other app stands on."""

from django.apps import AppConfig
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
        from config.common.observe import tasks, units
        from config.common.services.roles import on_group_change, on_migrate

        units.install()
        tasks.install()
        post_migrate.connect(on_migrate, dispatch_uid="roles")
        m2m_changed.connect(on_group_change, sender=get_user_model().groups.through, dispatch_uid="staff")
