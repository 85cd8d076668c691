"""When it is tried again."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from config.common.events.services.pauses import FIRST, LONGEST, TRIED_FOR, next_attempt

SINCE = datetime(2026, 11, 27, tzinfo=UTC)


def attempts(taking: timedelta) -> list[timedelta]:
    """When attempts are made, each of which takes so long, from the first on."""
    made, at = [], SINCE
    while True:
        made.append(at - SINCE)
        following = next_attempt(since=SINCE, now=at + taking)
        if following is None:
            return made
        at = following


def test_it_is_tried_soon_at_first_and_every_eight_hours_at_last_for_three_days() -> None:
    made = attempts(timedelta())
    assert made[0] == timedelta()
    assert made[-1] == TRIED_FOR
    assert FIRST <= made[1] <= FIRST * 1.1
    assert 13 <= len(made) <= 16
    assert all(later - before <= LONGEST * 1.1 for before, later in pairwise(made))


@given(st.timedeltas(timedelta(), timedelta(seconds=40)))
def test_it_ends_however_long_an_attempt_takes(taking: timedelta) -> None:
    made = attempts(taking)
    assert len(made) <= 16
    assert made == sorted(made)
    assert made[-1] <= TRIED_FOR


@given(st.timedeltas(timedelta(), timedelta(days=4)))
def test_the_next_attempt_lies_ahead_and_within_the_three_days(passed: timedelta) -> None:
    now = SINCE + passed
    following = next_attempt(since=SINCE, now=now)
    assert (following is None) == (passed >= TRIED_FOR)
    assert following is None or (now < following <= SINCE + TRIED_FOR)
