"""The privacy app."""

from config.common import domain


class PrivacyConfig(domain.DomainConfig):
    """Who read which residents."""

    name = "config.common.privacy"
    verbose_name = "Privacy"
    permissions = {"Managers": {"privacy.view_readaudit"}}
    duties = {"Managers": "see who read which residents"}
