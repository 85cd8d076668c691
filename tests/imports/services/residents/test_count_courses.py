"""Courses by channel and by month, against the same counting in plain Python."""

import json
from collections import Counter
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.common.problems import NotFound
from imports.models import Import
from imports.services.residents.count_courses import courses_by_channel, presents_by_month
from tests.effort import tries
from tests.factories import delivery, people, relate
from tests.imports.world import People, load

pytestmark = pytest.mark.django_db
several = settings(
    deadline=None, derandomize=True, max_examples=tries(15), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
deliveries = st.builds(delivery, st.integers(1, 60), relations=st.integers(0, 120), seed=st.integers(0, 10**6))


def naively(citizens: People, group: str, word: str) -> dict[str, list[dict[str, int]]]:
    """What each buyer buys: one for each one that names somebody, grouped by that one's `group`."""
    bought: dict[str, Counter[int]] = {}
    by_id = {citizen["citizen_id"]: citizen for citizen in citizens}
    for buyer, citizen in by_id.items():
        for other in citizen["relatives"] + citizen["friends"]:
            key = by_id[other]["channel"] if group == "channel" else str(int(by_id[other]["birth_date"][3:5]))
            bought.setdefault(key, Counter())[buyer] += 1
    return {
        key: [{"citizen_id": buyer, word: count} for buyer, count in sorted(buyers.items())]
        for key, buyers in bought.items()
    }


@several
@given(citizens=deliveries)
def test_courses_by_channel_are_what_plain_python_counts(citizens: list[dict[str, Any]]) -> None:
    counted = json.loads(courses_by_channel(import_id=load(citizens)))
    assert counted == naively(citizens, "channel", "courses")
    assert list(counted) == sorted(counted)


@several
@given(citizens=deliveries)
def test_presents_by_month_are_what_plain_python_counts(citizens: list[dict[str, Any]]) -> None:
    every_month: dict[str, Any] = {str(month): [] for month in range(1, 13)}
    counted = json.loads(presents_by_month(import_id=load(citizens)))
    assert counted == every_month | naively(citizens, "month", "presents")
    assert list(counted) == list(every_month)


def test_the_buyer_is_the_relative_and_the_channel_is_the_other_ones() -> None:
    """1 hears the radio, 2 reads posters; 3 buys for both of them and for itself."""
    one, two, three = people(3, birth_date="29.02.2000")
    citizens = [one | {"channel": "radio"}, two | {"channel": "poster"}, three | {"channel": "web"}]
    import_id = load(relate(relate(citizens, "relatives", (1, 3), (3, 3)), "friends", (2, 3)))
    assert json.loads(courses_by_channel(import_id=import_id)) == {
        "poster": [{"citizen_id": 3, "courses": 1}],
        "radio": [{"citizen_id": 3, "courses": 1}],
        "web": [{"citizen_id": 1, "courses": 1}, {"citizen_id": 2, "courses": 1}, {"citizen_id": 3, "courses": 1}],
    }
    february = [{"citizen_id": 1, "presents": 1}, {"citizen_id": 2, "presents": 1}, {"citizen_id": 3, "presents": 3}]
    assert json.loads(presents_by_month(import_id=import_id))["2"] == february


def test_an_awkward_channel_is_a_proper_key() -> None:
    channel = 'a"\\\n\t{}\u2028'
    import_id = load(relate(people(2, channel=channel), "friends", (1, 2)))
    bought = [{"citizen_id": 1, "courses": 1}, {"citizen_id": 2, "courses": 1}]
    assert json.loads(courses_by_channel(import_id=import_id)) == {channel: bought}


def test_another_import_with_the_same_ids_counts_for_nothing() -> None:
    load(relate(people(2), "friends", (1, 2)))
    assert courses_by_channel(import_id=load(people(2))) == b"{}"


def test_an_import_that_was_deleted_meanwhile_is_not_half_counted() -> None:
    import_id = load(people(2))
    Import.objects.update(deleted_at=timezone.now())
    for count in (courses_by_channel, presents_by_month):
        with pytest.raises(NotFound):
            count(import_id=import_id)
