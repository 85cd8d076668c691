"""Schedules: made once, changed by staff, left alone ever after."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from config.common.background.schedules import add_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def migrate() -> None:
    """The tables as the migrations leave them."""
    PeriodicTask.objects.all().delete()
    run_migration()


def run_migration() -> None:
    import_module("config.common.background.migrations.0001_initial").add_schedules(apps, None)


def test_the_migration_makes_schedules_whose_messages_expire(migrate: None) -> None:
    rows = PeriodicTask.objects.order_by("name").values_list(
        "name", "task", "interval__every", "interval__period", "expire_seconds"
    )
    assert list(rows) == [
        ("Clear expired", "background.clear_expired", 10, "minutes", 600),
        ("Sweep", "background.sweep", 20, "seconds", 20),
    ]


def test_what_staff_changed_survives_the_next_start(migrate: None) -> None:
    PeriodicTask.objects.filter(name="Sweep").update(enabled=False, expire_seconds=5)
    run_migration()
    assert PeriodicTask.objects.values_list("enabled", "expire_seconds").get(name="Sweep") == (False, 5)


def test_an_interval_that_is_there_twice_is_shared_and_not_made_again() -> None:
    for _ in range(2):
        IntervalSchedule.objects.create(every=77, period="seconds")
    add_schedule(apps, name="Tests", task="background.sweep", seconds=77, expires=7, description="")
    assert IntervalSchedule.objects.filter(every=77).count() == 2


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (86_400, "every day"),
        (172_800, "every 2 days"),
        (90_000, "every 25 hours"),
        (3_600, "every hour"),
        (600, "every 10 minutes"),
        (90, "every 90 seconds"),
    ],
)
def test_an_interval_is_said_as_people_say_it(seconds: int, said: str) -> None:
    add_schedule(apps, name="Tests", task="background.sweep", seconds=seconds, expires=7, description="")
    made = PeriodicTask.objects.get(name="Tests").interval
    assert (str(made), made.schedule.run_every) == (said, timedelta(seconds=seconds))
