"""The app of the saved views."""

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
    duties = {"Editors": "share saved views", "Managers": "delete the views that others share"}
