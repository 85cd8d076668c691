"""The airports app."""

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
        "Viewers": "see the airports",
        "Editors": "make, change and upload airports",
        "Managers": "delete airports",
    }
    change_streams = ("airports.admin.change_stream.AirportStream",)
    secret_paths = ("/confirm/",)
    mixed_paths = (r"/confirm/.*",)
    unprofiled_paths = ("/confirm", "/create", "/update", "/delete", "/upload")
