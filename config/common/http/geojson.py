"""GeoJSON (RFC 7946): whole lists of places, streamed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
from django.http import StreamingHttpResponse
from rest_framework.renderers import BaseRenderer

GEOJSON = "application/geo+json"
_FEATURES_IN_A_CHUNK = 500
_DATE_LINE = 180.0


class GeoJSONRenderer(BaseRenderer):
    """Names GeoJSON in content negotiation. Views stream it by `geojson_response`."""

    media_type = GEOJSON
    format = "geojson"
    charset = None


@dataclass(frozen=True, slots=True)
class Feature:
    """A place: its `properties` are the rest of its row. Degrees, WGS 84."""

    id: int | str
    longitude: float
    latitude: float
    properties: dict[str, Any]


def geojson_response(features: Iterable[Feature], **members: Any) -> StreamingHttpResponse:
    """A FeatureCollection with its `bbox`, and further `members` of its own (RFC 7946, section 6.1)."""
    return StreamingHttpResponse(geojson_chunks(features, **members), content_type=GEOJSON)


def geojson_chunks(features: Iterable[Feature], **members: Any) -> Iterator[bytes]:
    """A FeatureCollection, some hundred features at a time; `bbox` comes when all were seen, `members` last."""
    extent = Extent()
    rest = iter(features)
    separator = b'{"type":"FeatureCollection","features":['
    while chunk := list(islice(rest, _FEATURES_IN_A_CHUNK)):
        for feature in chunk:
            extent.add(feature)
        yield separator + b",\n".join(_encoded(feature) for feature in chunk)
        separator = b",\n"
    last = ({"bbox": bbox} if (bbox := extent.bbox()) else {}) | members
    tail = b"]" + (b"," + msgspec.json.encode(last)[1:] if last else b"}")
    yield tail if separator == b",\n" else separator + tail


def _encoded(feature: Feature) -> bytes:
    return msgspec.json.encode(
        {
            "type": "Feature",
            "id": feature.id,
            "geometry": {"type": "Point", "coordinates": [feature.longitude, feature.latitude]},
            "properties": feature.properties,
        }
    )


class Extent:
    """The box around places, in the memory of eight numbers."""

    def __init__(self) -> None:
        self._latitudes: list[float] = []
        # West and east of Greenwich apart: the box may have to run through the antimeridian instead.
        self._western: list[float] = []
        self._eastern: list[float] = []

    def add(self, feature: Feature) -> None:
        """Widens the box to hold `feature`."""
        half = self._western if feature.longitude < 0 else self._eastern
        half[:] = _spread(half, feature.longitude)
        self._latitudes = _spread(self._latitudes, feature.latitude)

    def bbox(self) -> list[float] | None:
        """`[west, south, east, north]`, or None without any place.

        West is greater than east, as RFC 7946 has it for a box across the antimeridian, where the places lie on both
        sides of it within half a turn and the box is narrower that way than through Greenwich.
        """
        if not self._latitudes:
            return None
        west, east = _spread_all(self._western, self._eastern)
        if self._western and self._eastern:
            across_west, across_east = self._eastern[0], self._western[1]
            if (_DATE_LINE - across_west) + (across_east + _DATE_LINE) < min(_DATE_LINE, east - west):
                west, east = across_west, across_east
        return [west, self._latitudes[0], east, self._latitudes[1]]


def _spread(ends: list[float], value: float) -> list[float]:
    return [min(ends[0], value), max(ends[1], value)] if ends else [value, value]


def _spread_all(western: list[float], eastern: list[float]) -> tuple[float, float]:
    ends = [*western, *eastern]
    return min(ends), max(ends)
