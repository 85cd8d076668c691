"""The accounts app."""

from django.db.models.signals import m2m_changed, post_migrate
from django.utils.translation import gettext_lazy as _

from config.common import domain


class AccountsConfig(domain.DomainConfig):
    """Who may sign in, how, and what each role may do."""

    name = "config.common.accounts"
    verbose_name = "Accounts"
    permissions = {
        "Managers": {
            *(f"auth.{verb}_user" for verb in ("view", "add", "change", "delete")),
            "auth.view_group",
            *(f"accounts.{verb}_apitoken" for verb in ("view", "add", "change", "delete")),
        },
    }

    duties = {"Managers": _("give access")}
    recorded_models = {"auth.user": {"groups": _("Roles"), "language": _("Language")}, "accounts.apitoken": {}}
    secret_paths = ("/admin/password/set/",)
    unprofiled_paths = ("/admin/password",)

    def ready(self) -> None:
        from django.contrib.auth import get_user_model

        from config.common.accounts.services.roles import on_group_change, on_migrate
        from config.common.accounts.sign_in import events

        post_migrate.connect(on_migrate, dispatch_uid="roles")
        m2m_changed.connect(on_group_change, sender=get_user_model().groups.through, dispatch_uid="staff")
        events.connect()
