"""Examples of answers for the OpenAPI document; a test compares their shapes with those of answers."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

META = {"refreshed_at": "2026-11-21T10:00:00Z", "imports": 3, "stale": False, "merged": 0, "as_of": "2026-11-21"}
PAGE = {"count": 1, "next": None, "previous": None}
MEASURES = {
    "residents": 412,
    "courses": 655,
    "buyers": 301,
    "courses_per_100": 158.98,
    "index": 141.2,
    "index_low": 125.7,
    "index_high": 158.09,
    "expected_index": 138.4,
    "own_share": 0.87,
}
_ROW = {"city": "Valencia", "country": "ES", "age_group": "25-34", "channel": "instagram", **MEASURES}
_AIRPORT = {"id": 1, "name": "Valencia Airport", "code": "VLC", "distance": 8203.512}
_ALTERNATIVE = {"geoname_id": 3625549, "name": "Valencia", "country": "VE", "population": 1619470}
_TOWN = {"method": "airport_city", "alternatives": [_ALTERNATIVE], "residents": 412, "courses": 655, "buyers": 301}
_CITY = {
    "town": "Valencia",
    "city": "Valencia",
    "country": "ES",
    "method": "airport_city",
    "towns": [{"town": "Valencia", **_TOWN}],
    "alternatives": [_ALTERNATIVE],
    "time_zone": "Europe/Madrid",
    "airport": _AIRPORT,
    **MEASURES,
}
_UNPLACED = {"town": "Villabajo", **MEASURES}


def example(name: str, value: dict[str, Any], media_type: str = "application/json") -> OpenApiExample:
    """Makes an example of a whole answer."""
    return OpenApiExample(name, value=value, media_type=media_type, response_only=True, status_codes=["200"])


DEMAND = example("Demand", {"data": [_ROW], **PAGE, "meta": META})
OPPORTUNITIES = example("Opportunities", {"data": [_ROW], **PAGE, "meta": {**META, "ranked_by": "expected_low"}})
TREND = example(
    "Trend",
    {
        "data": [{"import_id": 7, "source": "default", "delivered_at": "2026-11-20T08:15:00Z", **MEASURES}],
        **PAGE,
        "meta": META,
    },
)
CITIES = example(
    "Cities",
    {
        "data": [{**_CITY, "latitude": 39.47, "longitude": -0.377}],
        **PAGE,
        "unplaced": [_UNPLACED],
        "meta": META,
    },
)
CITIES_ON_A_MAP = example(
    "Cities on a map",
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "Valencia, ES",
                "geometry": {"type": "Point", "coordinates": [-0.377, 39.47]},
                "properties": _CITY,
            }
        ],
        "bbox": [-0.377, 39.47, -0.377, 39.47],
        "unplaced": [_UNPLACED],
        "meta": META,
    },
    "application/geo+json",
)
EFFECTS = example(
    "Effects",
    {
        "data": [
            {
                "factor": "channel",
                "level": "instagram",
                "country": None,
                "residents": 2140,
                "index": 131.04,
                "effect": 118.3125,
                "effect_low": 109.0625,
                "effect_high": 128.125,
            }
        ],
        **PAGE,
        "factors": ["city", "age_group", "channel", "gender"],
        "meta": META,
    },
)
HOLDOUT_BODY = OpenApiExample(
    "A design",
    value={"filters": {"channel": ["instagram"], "gender": ["female"]}, "seed": 7, "pairs": 12},
    media_type="application/json",
    request_only=True,
)
_HALVES = [
    {
        "pair": 1,
        "arm": "campaign",
        "city": "Valencia",
        "country": "ES",
        "residents": 412,
        "courses": 655,
        "index": 141.2,
    },
    {"pair": 1, "arm": "control", "city": "Lima", "country": "PE", "residents": 398, "courses": 611, "index": 136.35},
]
HOLDOUT = example(
    "Holdout",
    {
        "data": _HALVES,
        "seed": 7,
        "pairs": 1,
        "standard_error": 0.1125,
        "detectable_lift": 0.3702,
        "meta": META,
    },
)
