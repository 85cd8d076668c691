"""Airports for tests."""

from typing import Any

from airports.models import Airport
from airports.services.create_airport import create_airport

VALENCIA: dict[str, Any] = {
    "name": "Valencia Airport",
    "city": "Valencia",
    "country": "Spain",
    "iata": "VLC",
    "icao": "LEVC",
    "latitude": 39.4893,
    "longitude": -0.481625,
    "altitude": 240.0,
    "timezone": 1.0,
    "dst": "E",
    "tz": "Europe/Madrid",
    "type": "airport",
    "source": "OurAirports",
}


def make_airport(name: str = "Somewhere", latitude: float = 0.0, longitude: float = 0.0, **values: Any) -> Airport:
    """A stored airport; without codes unless they are named."""
    return create_airport(values={"name": name, "latitude": latitude, "longitude": longitude, **values}, actor=None)


def make_valencia(**values: Any) -> Airport:
    """A stored airport with every field."""
    return create_airport(values=VALENCIA | values, actor=None)
