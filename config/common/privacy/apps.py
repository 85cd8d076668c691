"""The privacy app."""

from django.utils.translation import gettext_lazy as _

from config.common import domain


class PrivacyConfig(domain.DomainConfig):
    """Who read which residents."""

    name = "config.common.privacy"
    verbose_name = "Privacy"
    permissions = {"Managers": {"privacy.view_readaudit"}}
    duties = {"Managers": _("see who read which residents")}
