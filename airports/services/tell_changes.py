"""Tells programs that airports changed."""

from django.utils.translation import gettext_lazy as _

from config.common.events.kinds import Kind
from config.common.events.services.record import announce

CHANGED = Kind(
    "airport.changed",
    _("An airport changed"),
    permission="airports.view_airport",
    fields={
        "airport_id": "the airport, null where there are several",
        "created": "how many are new",
        "changed": "how many have other values, or got or lost the deletion flag",
        "deleted": "how many are gone for good",
    },
    path="/admin/airports/airport/",
    is_chosen=False,
    published_as="airport.changed",
)


def tell_changes(*, airport_id: int | None = None, created: int = 0, changed: int = 0, deleted: int = 0) -> None:
    """Writes it down, unless nothing changed. Call it in the transaction in which it did, of one airport with its
    `airport_id`, so that what is told of it is told in order."""
    if created or changed or deleted:
        about = "/airports" if airport_id is None else f"/airports/{airport_id}"
        data = {"airport_id": airport_id, "created": created, "changed": changed, "deleted": deleted}
        announce(CHANGED.name, about, data)
