"""Examples in the OpenAPI document; a test sends them."""

from drf_spectacular.utils import OpenApiExample

_VALENCIA = {
    "name": "Valencia Airport",
    "city": "Valencia",
    "country": "Spain",
    "iata": "VLC",
    "icao": "LEVC",
    "latitude": 39.4893,
    "longitude": -0.481625,
    "altitude": 240,
    "timezone": 1,
    "dst": "E",
    "tz": "Europe/Madrid",
    "type": "airport",
    "source": "OurAirports",
}

AIRPORT = OpenApiExample("An airport", value=_VALENCIA, request_only=True)
CHANGE = OpenApiExample("Another name", value={"name": "Valencia-Manises"}, request_only=True)
CHANGE_BY_ID = OpenApiExample("Another name by id", value={"id": 1, "name": "Valencia-Manises"}, request_only=True)
