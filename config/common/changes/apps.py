"""The changes app."""

from django.utils.translation import gettext_lazy as _

from config.common import domain


class ChangesConfig(domain.DomainConfig):
    """Who changed what, for staff and auditors. What of it somebody sees follows from what else they may see."""

    name = "config.common.changes"
    verbose_name = "Changes"
    permissions = {"Viewers": {"changes.view_recordedchange"}}
    duties = {"Viewers": _("read who changed what they may see")}
    unprofiled_paths = ("/admin/changes",)
