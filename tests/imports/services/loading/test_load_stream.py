"""Loading a delivery of any size as a stream: what is stored, what is refused, and what each refusal names."""

import json
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from config.common.problems import InvalidInput
from imports.models import Import
from imports.services.loading.load_stream import load_stream
from tests.factories import alike, delivery
from tests.imports.documents.builders import citizen
from tests.imports.spots import spots
from tests.imports.world import counts, faults, load, stored

pytestmark = pytest.mark.django_db

Errors = list[tuple[str, str]]


def lines(citizens: Iterable[Any]) -> bytes:
    """One resident a line."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in citizens)


def pieces(body: bytes, size: int = 1000) -> list[bytes]:
    """The body as a socket gives it."""
    return [body[start : start + size] for start in range(0, len(body), size)]


def refused(body: bytes, *, size: int = 1000) -> tuple[Errors, int]:
    """Pointer and code of each error of a delivery of which nothing is stored, and how many more there are."""
    with pytest.raises(InvalidInput) as refusal:
        load_stream(chunks=pieces(body, size), actor=None)
    assert counts() == (0, 0)
    return spots(refusal.value.errors), refusal.value.more_errors


def test_the_import_is_complete_and_belongs_to_its_maker(superuser: User) -> None:
    people = delivery(1_000, relations=300, seed=1)
    made = load_stream(chunks=pieces(lines(people), 777), source="Kyiv", actor=superuser)
    found = Import.objects.get()
    assert (found.pk, found.status, found.source, found.created_by) == (made.pk, "complete", "Kyiv", superuser)
    assert (found.citizen_count, found.processed, found.errors) == (1_000, 1_000, [])
    assert found.completed_at == found.settled_at == made.completed_at
    assert faults(found.pk) == []


def test_the_rows_are_those_of_the_same_citizens_as_a_document() -> None:
    people = delivery(400, relations=100, seed=2)
    people[0]["name"] = "a\tb\\N\r\nc"
    streamed = load_stream(chunks=pieces(lines(people), 99), actor=None)
    assert stored(streamed.pk) == stored(load(people))


def test_nobody_is_a_delivery_too() -> None:
    made = load_stream(chunks=[], actor=None)
    assert (made.status, made.citizen_count, counts()) == ("complete", 0, (1, 0))


def test_there_may_be_more_than_a_document_may_hold(settings: Any) -> None:
    settings.IMPORT_MAX_CITIZENS = 1
    assert load_stream(chunks=[lines(alike(3))], actor=None).citizen_count == 3


def test_an_id_that_occurs_twice_is_named_however_far_apart() -> None:
    people = [*alike(3_000), citizen(17), citizen(4_000), citizen(17)]
    assert refused(lines(people), size=50_000) == (
        [("line 3001/citizen_id", "duplicate"), ("line 3003/citizen_id", "duplicate")],
        0,
    )


def test_errors_of_the_fields_and_repeated_ids_come_together_in_the_order_of_the_lines() -> None:
    people = [
        citizen(1),
        citizen(1),
        citizen(2, town=""),
        citizen(1),
        citizen(2, gender="x"),
        citizen(3, relatives=[9]),
    ]
    expected = [
        ("line 2/citizen_id", "duplicate"), ("line 3/town", "too_short"), ("line 4/citizen_id", "duplicate"),
        ("line 5/gender", "invalid_choice"), ("line 5/citizen_id", "duplicate"),
    ]  # fmt: skip
    assert refused(lines(people)) == (expected, 0)


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([citizen(1, relatives=[2]), citizen(2)], [("line 1/relatives/0", "not_mutual")]),
        ([citizen(1, friends=[1, 7])], [("line 1/friends/1", "unknown_citizen")]),
        ([citizen(1, relatives=[2]), citizen(2, friends=[1])],
         [("line 1/relatives/0", "not_mutual"), ("line 2/friends/0", "not_mutual")]),
        ([citizen(1, relatives=[2], friends=[2]), citizen(2, relatives=[1], friends=[1])],
         [("line 1/friends/0", "in_both_lists"), ("line 2/friends/0", "in_both_lists")]),
        ([citizen(5), citizen(1, relatives=[3, 2], friends=[2]), citizen(2, relatives=[1])],
         [("line 2/relatives/0", "unknown_citizen"), ("line 2/friends/0", "not_mutual"),
          ("line 2/friends/0", "in_both_lists")]),
    ],
)  # fmt: skip
def test_wrong_relations_are_named(people: list[dict[str, Any]], expected: Errors) -> None:
    assert refused(lines(people)) == (expected, 0)


def test_relations_are_looked_at_when_every_citizen_is_right() -> None:
    assert refused(lines([citizen(1, relatives=[9]), citizen(2, town="")])) == ([("line 2/town", "too_short")], 0)
    assert refused(lines([citizen(1, relatives=[9]), citizen(1)])) == ([("line 2/citizen_id", "duplicate")], 0)


@pytest.mark.parametrize(
    "spoilt", [{"town": ""}, {"citizen_id": 0}, {"relatives": [10**9]}, {"relatives": [7], "friends": [7]}]
)
def test_the_first_hundred_errors_are_listed_and_the_rest_is_counted(spoilt: dict[str, Any]) -> None:
    people = [citizen(0), *(one | spoilt for one in alike(150))]
    listed, more = refused(lines(people))
    total = 150 + (149 if "relatives" in spoilt and "friends" in spoilt else 0) * 2
    assert (len(listed), len(listed) + more) == (100, total if "friends" in spoilt else 150)
    assert listed[0][0].startswith("line 2/")


def test_what_reading_raises_is_raised_and_nothing_is_stored() -> None:
    def breaking() -> Iterator[bytes]:
        yield lines(alike(2_000))
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        load_stream(chunks=breaking(), actor=None)
    assert counts() == (0, 0)


def test_progress_is_told_and_may_stop_the_load() -> None:
    told: list[int] = []
    body = lines(alike(3_000))
    load_stream(chunks=pieces(body, 200_000), actor=None, on_progress=told.append)
    assert (told == sorted(told), told[-1], len(told) > 2) == (True, 3_000, True)

    def stop(count: int) -> None:
        raise KeyError(count)

    with pytest.raises(KeyError):
        load_stream(chunks=pieces(body, 200_000), actor=None, on_progress=stop)
    assert counts() == (1, 3_000)


def test_the_day_may_be_another() -> None:
    body = lines([citizen(1, birth_date="02.01.2020")])
    with pytest.raises(InvalidInput):
        load_stream(chunks=[body], actor=None, today=date(2020, 1, 1))
    assert load_stream(chunks=[body], actor=None, today=date(2020, 1, 2)).citizen_count == 1


def test_another_import_with_the_same_ids_is_no_repetition() -> None:
    body = lines([citizen(1, relatives=[2]), citizen(2, relatives=[1])])
    for _ in range(2):
        load_stream(chunks=[body], actor=None)
    assert counts() == (2, 4)


def test_memory_does_not_grow_with_the_delivery() -> None:
    template = json.dumps(citizen(10**9)).encode() + b"\n"

    def peak(count: int) -> int:
        numbered = (template.replace(b"1000000000", str(number).encode()) for number in range(count))
        tracemalloc.start()
        load_stream(chunks=numbered, actor=None)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)  # what is made once
    assert peak(6_000) < peak(2_000) + 2**20
