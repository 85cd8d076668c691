"""Birthdays and percentiles as the API shows them."""

import json
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from tests.factories import people, relate
from tests.imports.world import load, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered() -> int:
    """A mother whom instagram reaches, born in December 1986, and her son whom nothing known reaches, born in 2009."""
    mother, son = people(2, town="=Kyiv")
    mother |= {"channel": "instagram", "birth_date": "26.12.1986"}
    son |= {"channel": "unknown", "birth_date": "01.04.2009"}
    return load(relate([mother, son], "relatives", (1, 2)))


@pytest.mark.parametrize("query", ["", "?group_by=channel"])
def test_birthdays_are_grouped_by_the_channel_of_the_one_bought_for(
    manager: APIClient, delivered: int, query: str
) -> None:
    answer = manager.get(f"/imports/{delivered}/citizens/birthdays{query}")
    courses = {"instagram": [{"citizen_id": 2, "courses": 1}], "unknown": [{"citizen_id": 1, "courses": 1}]}
    assert (answer["Content-Type"], json.loads(answer.content)) == ("application/json", {"data": courses})


def test_birthdays_are_grouped_by_month(manager: APIClient, delivered: int) -> None:
    months: dict[str, Any] = {str(month): [] for month in range(1, 13)}
    months |= {"4": [{"citizen_id": 1, "presents": 1}], "12": [{"citizen_id": 2, "presents": 1}]}
    answer = manager.get(f"/imports/{delivered}/citizens/birthdays?group_by=month")
    assert json.loads(answer.content) == {"data": months}


@pytest.mark.parametrize(
    ("query", "code"),
    [("group_by=year", "invalid_choice"), ("group_by=", "invalid_choice"), ("group_by=Month", "invalid_choice")],
)
def test_another_grouping_is_refused(manager: APIClient, delivered: int, query: str, code: str) -> None:
    answer = manager.get(f"/imports/{delivered}/citizens/birthdays?{query}")
    assert problem(answer) == (400, [("?group_by", code)])


@pytest.mark.parametrize(
    ("now", "ages"),
    [
        ("2026-03-31T23:59:59Z", {"p50": 27.5, "p75": 33.25, "p99": 38.77}),
        ("2026-04-01T00:00:00Z", {"p50": 28.0, "p75": 33.5, "p99": 38.78}),
        # Still the last of March in UTC.
        ("2026-04-01T01:30:00+02:00", {"p50": 27.5, "p75": 33.25, "p99": 38.77}),
    ],
)
def test_ages_are_those_of_today_in_utc(manager: APIClient, delivered: int, now: str, ages: dict[str, float]) -> None:
    with time_machine.travel(now, tick=False):
        answer = manager.get(f"/imports/{delivered}/towns/stat/percentile/age")
    assert answer.json() == {"data": [{"town": "=Kyiv"} | ages]}


@time_machine.travel("2026-04-01T12:00:00Z", tick=False)
def test_ages_come_as_csv_too(manager: APIClient, delivered: int) -> None:
    answer = manager.get(f"/imports/{delivered}/towns/stat/percentile/age?format=csv")
    assert answer.getvalue() == b"town,p50,p75,p99\r\n'=Kyiv,28.0,33.5,38.78\r\n"
