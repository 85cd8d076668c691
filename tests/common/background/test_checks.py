"""What keeps a task without a policy from starting."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from celery import current_app
from django.core.checks import run_checks

from config.common.background.policy import background_task

NAME = "tests.checked"


def good(self: Any, **kwargs: Any) -> None:
    """A task."""


@contextmanager
def errors_of(function: Any = good, **policy: Any) -> Iterator[list[str | None]]:
    """The ids of the checks that fail with one more task."""
    options = {"queue": "bulk", **policy}
    background_task(NAME, **options)(function)
    try:
        yield [message.id for message in run_checks(tags=["background"])]
    finally:
        current_app.tasks.unregister(NAME)


def test_the_tasks_of_the_product_and_one_by_the_rules_pass() -> None:
    assert run_checks(tags=["background"]) == []
    with errors_of() as errors:
        assert errors == []


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"time_limit": None}, "config.E001"),
        ({"soft_time_limit": None}, "config.E001"),
        ({"soft_time_limit": 90, "time_limit": 90}, "config.E001"),
        ({"expires": None}, "config.E002"),
        ({"queue": "bluk"}, "config.E003"),
        ({"time_limit": 1741}, "config.E005"),
        ({"retry_backoff_max": 1741}, "config.E005"),
    ],
)
def test_a_task_that_lacks_a_part_of_the_policy_is_named(policy: dict[str, Any], expected: str) -> None:
    with errors_of(**policy) as errors:
        assert errors == [expected]


def test_a_task_whose_second_run_is_turned_away_may_take_longer() -> None:
    with errors_of(time_limit=1741, may_outlive_message=True) as errors:
        assert errors == []


def test_a_task_that_cannot_take_one_more_argument_is_named() -> None:
    def strict(self: Any) -> None: ...

    with errors_of(strict) as errors:
        assert errors == ["config.E004"]


def test_a_visibility_timeout_below_the_longest_task_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.conf.broker_transport_options, "visibility_timeout", 90)
    assert {message.id for message in run_checks(tags=["background"])} == {"config.E005"}
