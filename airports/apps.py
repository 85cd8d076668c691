"""The airports of the world's larger cities: a list to edit, to upload, to search by name and by distance."""

from django.apps import AppConfig


class AirportsConfig(AppConfig):
    """The airports app."""

    name = "airports"
    verbose_name = "Airports"
