"""Schedules in the admin."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks

from config.common.background import publishing
from config.common.background.services.schedules import next_run

pytestmark = pytest.mark.django_db
LIST = "/admin/django_celery_beat/periodictask/"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def browser(client: Client, superuser: User) -> Client:
    """In which a superuser has signed in."""
    client.force_login(superuser)
    return client


def schedule(**more: Any) -> PeriodicTask:
    """Every ten minutes."""
    interval = IntervalSchedule.objects.create(every=600, period="seconds")
    fields = {"name": "sweeping", "task": "background.sweep", "interval": interval, **more}
    return PeriodicTask.objects.create(**fields)


def act(browser: Client, action: str, *schedules: PeriodicTask) -> str:
    """The page after the action."""
    sent = {"action": action, "_selected_action": [one.pk for one in schedules]}
    return browser.post(LIST, sent, follow=True).content.decode()


def test_the_page_of_a_schedule_offers_the_tasks_of_the_product(browser: Client) -> None:
    page = browser.get(f"{LIST}add/")
    assert '<option value="imports.purge_deleted">' in page.content.decode()


def test_a_schedule_is_paused_and_resumed_and_beat_is_told(browser: Client) -> None:
    one, found = schedule(), []
    for action in ("pause", "resume"):
        before = PeriodicTasks.last_change()
        act(browser, action, one)
        one.refresh_from_db()
        found.append((one.enabled, PeriodicTasks.last_change() != before))
    assert found == [(False, True), (True, True)]


def test_run_now_sends_the_task_with_what_the_schedule_says(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def send(name: str, **how: Any) -> bool:
        sent.append((name, how))
        return True

    monkeypatch.setattr("config.common.background.services.schedules.publish", send)
    page = act(browser, "run_selected_now", schedule(kwargs='{"x": 1}', queue="slow", expire_seconds=60))
    assert sent == [("background.sweep", {"kwargs": {"x": 1}, "queue": "slow", "expires": 60})]
    assert "1 sent to the workers." in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"task": "no.such"}, "sweeping: there is no task no.such."),
        ({"args": "[1]"}, "sweeping: tasks take arguments by name only."),
        ({"kwargs": "[]"}, "sweeping: tasks take arguments by name only."),
    ],
)
def test_what_cannot_run_says_why(browser: Client, fields: dict[str, str], sentence: str) -> None:
    assert sentence in act(browser, "run_selected_now", schedule(**fields))


def test_without_redis_run_now_answers_and_says_so(
    browser: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(publishing, "_publisher", publishing._Publisher())
    monkeypatch.setattr("config.celery.app.conf.broker_url", "redis://127.0.0.1:1/0")
    several = [schedule(name=name) for name in ("sweeping", "clearing", "more")]
    begun = time.monotonic()
    page = act(browser, "run_selected_now", *several)
    assert page.count("Redis does not answer") == 3
    # Celery by itself would try for twenty seconds and more.
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"last_run_at": NOW - timedelta(minutes=4)}, NOW + timedelta(minutes=6)),
        ({"last_run_at": NOW - timedelta(days=1)}, NOW),
        ({}, NOW + timedelta(minutes=10)),
        ({"enabled": False}, None),
    ],
)
def test_the_next_run_follows_the_last(fields: dict[str, Any], expected: datetime | None) -> None:
    with time_machine.travel(NOW, tick=False):
        found = next_run(schedule(**fields))
    assert (found is None) == (expected is None)
    assert found is None or expected is None or abs(found - expected) < timedelta(seconds=2)


def test_the_list_shows_next_runs_of_every_kind_of_schedule(browser: Client) -> None:
    crontab = CrontabSchedule.objects.create(minute="0", hour="4")
    clocked = ClockedSchedule.objects.create(clocked_time=NOW)
    schedule()
    schedule(name="nightly", interval=None, crontab=crontab)
    schedule(name="once", interval=None, clocked=clocked, one_off=True)
    assert browser.get(LIST).status_code == 200
