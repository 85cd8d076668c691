"""Tells programs that the demand was counted."""

from django.utils.translation import gettext_lazy as _

from analytics.models import ImportDemand
from config.common.events.kinds import Kind
from config.common.events.services.record import announce

REFRESHED = Kind(
    "demand.refreshed",
    _("The demand of a delivery was counted"),
    permission="analytics.view_importdemand",
    fields={
        "import_id": "the delivery that was counted",
        "residents": "how many there are in it",
        "is_current": "whether it is its source's current one",
    },
    path="/analytics/",
    is_chosen=False,
    published_as="demand.refreshed",
)


def tell_refreshed(counted: ImportDemand) -> None:
    """Writes it down. Call it in the transaction in which it was counted."""
    data = {"import_id": counted.pk, "residents": counted.residents, "is_current": counted.is_current}
    announce(REFRESHED.name, f"/imports/{counted.pk}", data)
