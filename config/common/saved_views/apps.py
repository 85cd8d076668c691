"""The app of the saved views."""

from django.utils.translation import gettext_lazy as _

from config.common import domain


class SavedViewsConfig(domain.DomainConfig):
    """Lists and pages as somebody filtered them, kept under a name."""

    name = "config.common.saved_views"
    verbose_name = "Saved views"
    permissions = {
        "Editors": {"saved_views.share_savedview"},
        # Of others too: whoever shared it may be gone.
        "Managers": {"saved_views.delete_savedview"},
    }
    duties = {"Editors": _("share saved views"), "Managers": _("delete the views that others share")}
