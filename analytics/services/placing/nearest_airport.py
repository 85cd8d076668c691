"""Finds the airport nearest to a place."""

from dataclasses import dataclass

from airports.geo import Point
from airports.models import Airport

# Metres: most towns have an airport in the first circle, every place on the globe lies in the last.
_CIRCLES = (60_000.0, 300_000.0, 1_500_000.0, 20_100_000.0)


@dataclass(frozen=True, slots=True)
class NearestAirport:
    """An airport's id, and the metres on the sphere to it."""

    airport_id: int
    distance: float


def nearest_airport(centre: Point) -> NearestAirport | None:
    """Finds the nearest live one; None where there is none at all. The index answers, circle by circle."""
    for metres in _CIRCLES:
        airport = Airport.objects.live().within(centre, metres).first()
        if airport:
            return NearestAirport(airport.pk, vars(airport)["distance"])
    return None
