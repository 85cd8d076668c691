"""GeoJSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.common.http.geojson import Feature, geojson_chunks


def collection(*places: tuple[float, float]) -> dict[str, Any]:
    """The document of features at these longitudes and latitudes."""
    features = (Feature(number, lon, lat, {"name": str(number)}) for number, (lon, lat) in enumerate(places))
    document: dict[str, Any] = json.loads(b"".join(geojson_chunks(features)))
    return document


def test_a_place_is_a_feature_with_longitude_first() -> None:
    assert collection((-0.5, 39.5)) == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": 0,
                "geometry": {"type": "Point", "coordinates": [-0.5, 39.5]},
                "properties": {"name": "0"},
            }
        ],
        "bbox": [-0.5, 39.5, -0.5, 39.5],
    }


def test_no_place_is_an_empty_collection_without_a_box() -> None:
    assert collection() == {"type": "FeatureCollection", "features": []}


def test_many_places_come_in_several_chunks_of_one_document() -> None:
    places = [(number / 10, number / 20) for number in range(1_201)]
    chunks = list(geojson_chunks(Feature(0, lon, lat, {}) for lon, lat in places))
    assert len(chunks) == 4
    assert [f["geometry"]["coordinates"] for f in json.loads(b"".join(chunks))["features"]] == [list(p) for p in places]


@pytest.mark.parametrize(
    ("places", "box"),
    [
        ([(10, 1), (20, 2)], [10, 1, 20, 2]),
        ([(-10, -5), (10, 5)], [-10, -5, 10, 5]),
        ([(179, -17), (-179, -18)], [179, -18, -179, -17]),
        ([(170, 0), (-60, 0)], [170, 0, -60, 0]),
        ([(0, 0), (120, 0), (-120, 0)], [-120, 0, 120, 0]),
        ([(180, 0), (-180, 0)], [180, 0, -180, 0]),
    ],
)
def test_the_box_crosses_the_antimeridian_where_that_is_the_short_way(
    places: list[tuple[float, float]], box: list[float]
) -> None:
    assert collection(*places)["bbox"] == box


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1))
def test_the_box_holds_every_place(places: list[tuple[float, float]]) -> None:
    west, south, east, north = collection(*places)["bbox"]
    for lon, lat in places:
        assert south <= lat <= north
        assert west <= lon <= east if west <= east else lon >= west or lon <= east
