"""Segments of an import, written and read."""

import pytest

from analytics.services.counting.count_import import Segments, Values
from analytics.services.counting.segments import read_segments, write_segments

pytestmark = pytest.mark.django_db

# What arrays and strings of SQL have a meaning for.
TOWNS = ('"', "\\", "\\\\", "{}", "a,b", "null", "NULL", "it's", "%s", "E'\\'", "\n\t\r", " ", '\\"', "Київ", "𝔎")


def stored() -> Segments:
    return read_segments(import_id=1, at_delivery=True)


def write(segments: Segments) -> None:
    write_segments(import_id=1, at_delivery=True, old=stored(), new=segments)


def test_whatever_towns_and_channels_are_called_they_are_stored_so_and_removed() -> None:
    counts = Values(1, 2, 3, 4, 5, 6, 7, published=2**31)
    segments = {(town, 3, channel, "male"): counts for town in TOWNS for channel in TOWNS}
    write(segments)
    assert stored() == segments
    left = {key: values._replace(residents=9) for key, values in list(segments.items())[::2]}
    write(left)
    assert stored() == left
