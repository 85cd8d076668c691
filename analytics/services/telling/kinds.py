"""The events of analytics."""

from django.utils.translation import gettext_lazy as _

from analytics.services.telling.digest import digest
from config.common.events.kinds import Kind

_READ = "analytics.view_importdemand"

ALERT = Kind(
    "demand.alert",
    _("The demand of a segment changed"),
    permission="analytics.view_alert",
    fields={
        "alert_id": "the alert",
        "source": "the supplier",
        "import_id": "the delivery that came",
        "compared_with": "the delivery before it",
        "group": "the keys of the segment",
        "residents": "how many there are in it",
        "change": "of courses for 100 residents",
        "q": "how likely it is noise, of all changes that were looked at (Benjamini-Hochberg)",
    },
    path="/admin/analytics/alert/%(alert_id)s/change/",
)
STALE = Kind(
    "demand.stale",
    _("The demand has not been counted for long"),
    permission=_READ,
    fields={
        "import_id": "the delivery that has waited longest",
        "imports": "how many wait",
        "minutes": "for how long at least",
    },
    path="/analytics/",
)
DIGEST = Kind(
    "digest.weekly",
    _("Once a week: where to advertise next"),
    permission=_READ,
    fields={"week": "the week, 2026-W48"},
    figures=digest,
    is_weekly=True,
    about="/analytics/opportunities",
    path="/analytics/",
)
KINDS = (ALERT, STALE, DIGEST)
