"""Loading a delivery of any size as a stream."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from config.common.problems import InvalidInput
from imports.services.load_stream import load_stream
from tests.imports.documents.builders import citizen
from tests.imports.world import counts, stored

pytestmark = pytest.mark.django_db


def lines(citizens: Iterable[Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in citizens)


def refused(body: bytes, *, size: int = 1000) -> list[tuple[str, str]]:
    try:
        load_stream(chunks=pieces(body, size), actor=None)
    except InvalidInput as refusal:
        assert counts() == (0, 0)
        return [(error.pointer, error.code) for error in refusal.errors]
    raise AssertionError("the delivery was taken in")


def pieces(body: bytes, size: int) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


def test_a_stream_is_stored() -> None:
    people = [citizen(n, relatives=[n ^ 1]) for n in range(1000)]
    loaded = load_stream(chunks=pieces(lines(people), 777), actor=None)
    assert [row["relatives"] for row in stored(loaded.pk).values()] == [one["relatives"] for one in people]


def test_errors() -> None:
    assert refused(lines([citizen(1), citizen(2, town=""), citizen(1)])) == [
        ("line 2/town", "too_short"),
        ("line 3/citizen_id", "duplicate"),
    ]
    assert refused(lines([citizen(1), citizen(2), citizen(1)])) == [("line 3/citizen_id", "duplicate")]
    assert refused(lines([citizen(1, relatives=[2]), citizen(2), citizen(3, friends=[7])])) == [
        ("line 1/relatives/0", "not_mutual"),
        ("line 3/friends/0", "unknown_citizen"),
    ]
    assert refused(lines([citizen(1, relatives=[2], friends=[2]), citizen(2, friends=[1])])) == [
        ("line 1/relatives/0", "not_mutual"),
        ("line 1/friends/0", "in_both_lists"),
    ]
    assert refused(lines([citizen(1)]) + b"\n" + lines([citizen(2)])) == [("line 2", "malformed_json")]
