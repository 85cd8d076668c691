"""A schedule by the clock of Madrid runs once a night, also in the nights that lack an hour or have one twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django_celery_beat.models import CrontabSchedule

MADRID = ZoneInfo("Europe/Madrid")
# The last Sundays of March and October, and a night like others.
NIGHTS = [datetime(2026, month, day, tzinfo=MADRID) for month, day in ((3, 29), (10, 25), (7, 5))]


def runs(night: datetime, hour: int, minute: int, zone: ZoneInfo = MADRID) -> list[datetime]:
    """When beat, which looks every five minutes from noon to noon, sends the task that is due at this time."""
    row = CrontabSchedule(minute=str(minute), hour=str(hour), timezone=zone)
    sent: list[datetime] = []
    now = last = (night - timedelta(hours=11)).astimezone(UTC)
    while now < (night + timedelta(hours=12)).astimezone(UTC):
        with time_machine.travel(now, tick=False):
            if row.schedule.is_due(last).is_due:
                sent.append(now.astimezone(MADRID))
                last = now
        now += timedelta(minutes=5)
    return sent


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize(("hour", "minute"), [(1, 55), (2, 30), (3, 0), (7, 0)])
def test_it_runs_once_in_every_night(night: datetime, hour: int, minute: int) -> None:
    (sent,) = runs(night, hour, minute)
    # Where there is no half past two, an hour later.
    missing = night == NIGHTS[0] and hour == 2
    assert (sent.hour, sent.minute) == (hour + missing, minute)


def test_by_the_clock_of_greenwich_it_would_be_another_hour_in_summer() -> None:
    assert [sent.hour for sent in runs(NIGHTS[2], 7, 0, ZoneInfo("UTC"))] == [9]
