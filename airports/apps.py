"""The airports app."""

from django.utils.translation import gettext_lazy as _

from config.common import domain


class AirportsConfig(domain.DomainConfig):
    """The airports of the world's larger cities: a list to edit, to upload, to search by name and by distance."""

    name = "airports"
    verbose_name = "Airports"
    permissions = {
        "Viewers": {"airports.view_airport", "airports.view_historicalairport"},
        "Editors": {"airports.add_airport", "airports.change_airport", "airports.view_pendingchange"},
        "Managers": {"airports.delete_airport", "airports.view_queuedcreate"},
    }
    duties = {
        "Viewers": _("see the airports"),
        "Editors": _("make, change and upload airports"),
        "Managers": _("delete airports"),
    }
    change_streams = ("airports.admin.change_stream.AirportStream",)
    secret_paths = ("/confirm/",)
    mixed_paths = (r"/confirm/.*",)
    unprofiled_paths = ("/confirm", "/create", "/update", "/delete", "/upload")

    def ready(self) -> None:
        from airports.services.tell_changes import CHANGED
        from config.common.events import kinds
        from config.common.kafka.handlers import reads
        from config.common.kafka.topics import Topic

        kinds.register(CHANGED)
        reads(Topic("airports"), "airports.services.receive_messages.receive_messages")
