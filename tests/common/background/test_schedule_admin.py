"""Schedules in the admin."""

import re
import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import translation
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, PeriodicTasks
from hypothesis import given, settings
from hypothesis import strategies as st

from config.common.accounts.services.preferences import set_preferences
from config.common.accounts.services.tokens import issue_token
from config.common.background import publishing
from config.common.background.services.schedules import next_run, set_schedule, timing_of, when
from config.common.background.timing import WEEK, How, Timing, time_zones
from config.common.changes.models import RecordedChange

pytestmark = pytest.mark.django_db
LIST = "/admin/background/schedule/"
MADRID = "Europe/Madrid"
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


@pytest.mark.parametrize(
    ("number", "unit", "seconds"),
    [
        (1, "microseconds", 1),
        (7_000_000, "microseconds", 7),
        (90, "seconds", 90),
        (30, "minutes", 1_800),
        (2, "days", 3_600),
    ],
)
def test_a_message_is_too_old_when_there_is_another_after_an_hour_at_last(number: int, unit: str, seconds: int) -> None:
    assert Timing(how=How.EVERY, number=number, unit=unit).expiry == seconds


def act(browser: Client, action: str, *schedules: PeriodicTask) -> str:
    """The page after the action."""
    sent = {"action": action, "_selected_action": [one.pk for one in schedules]}
    return browser.post(LIST, sent, follow=True).content.decode()


def words(html: str) -> str:
    """What is to read on a page."""
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def test_the_form_offers_what_staff_may_set_and_nothing_that_takes_an_id(browser: Client) -> None:
    page = browser.get(f"{LIST}add/").content.decode().partition('id="schedule_form"')[2]
    assert [f'value="{name}"' in page for name in ("analytics.refresh", "imports.erase", "background.sweep")] == [
        True, False, False,
    ]  # fmt: skip
    assert [word in page.lower() for word in ("clocked", "crontab", "solar", "kwargs")] == [False] * 4


SENT = {"name": "Early", "task": "analytics.refresh", "enabled": "on", "how": "day", "at": "06:00", "zone": MADRID}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "every day at 06:00 Europe/Madrid"),
        ({"how": "every", "number": "10", "unit": "minutes"}, "every 10 minutes"),
        ({"how": "every", "number": "1", "unit": "hours", "at": "bogus"}, "every hour"),
        ({"how": "weekdays", "days": ["1", "0"], "at": "23:59"}, "on Monday, Sunday at 23:59 Europe/Madrid"),
        ({"how": "weekdays", "days": list("12345")}, "Monday to Friday at 06:00 Europe/Madrid"),
        ({"how": "month", "zone": "America/Bogota"}, "on the first of each month at 06:00 America/Bogota"),
        ({"at": "00:00"}, "every day at 00:00 Europe/Madrid"),
    ],
)
def test_a_schedule_is_made_and_read_as_people_say_it(browser: Client, more: dict[str, Any], said: str) -> None:
    browser.post(f"{LIST}add/", SENT | more)
    made = PeriodicTask.objects.get(name="Early")
    assert (when(made), made.task, made.enabled) == (said, "analytics.refresh", True)
    assert said in words(browser.get(LIST).content.decode())
    page = browser.get(f"{LIST}{made.pk}/change/").content.decode()
    assert (len(re.findall(" CES?T", page)), "m/h/dM" in page) == (2, False)
    # Saved as it stands it stays as it is, the row of its times too.
    rows = IntervalSchedule.objects.count(), CrontabSchedule.objects.count(), made.interval_id, made.crontab_id
    shown = browser.get(f"{LIST}{made.pk}/change/").context["adminform"].form
    browser.post(f"{LIST}{made.pk}/change/", {name: shown[name].value() for name in {*SENT, *more} - {"task"}})
    made.refresh_from_db()
    # And the log says it in the same words, whoever saved it.
    assert RecordedChange.objects.count() == 1
    assert f"– → {said}" in words(browser.get("/admin/changes/recordedchange/").content.decode())
    assert (IntervalSchedule.objects.count(), CrontabSchedule.objects.count()) == rows[:2]
    assert (made.interval_id, made.crontab_id) == rows[2:]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"task": "imports.erase"}, "task"),
        ({"how": "clocked"}, "how"),
        ({"how": "every", "number": "0", "unit": "hours"}, "number"),
        ({"how": "every", "number": "", "unit": "hours"}, "number"),
        ({"how": "every", "number": "10000", "unit": "days"}, "number"),
        ({"how": "every", "number": "5", "unit": "seconds"}, "unit"),
        ({"how": "weekdays"}, "days"),
        ({"how": "weekdays", "days": ["8"]}, "days"),
        ({"at": ""}, "at"),
        ({"at": "25:00"}, "at"),
        ({"zone": "Europe/Atlantis"}, "zone"),
        ({"name": ""}, "name"),
    ],
)
def test_what_makes_no_schedule_is_refused_at_its_field(browser: Client, wrong: dict[str, Any], field: str) -> None:
    before = PeriodicTask.objects.count()
    answer = browser.post(f"{LIST}add/", SENT | wrong)
    assert (list(answer.context["adminform"].form.errors), PeriodicTask.objects.count()) == ([field], before)


def test_the_log_says_when_it_runs_in_the_language_of_its_reader(browser: Client, superuser: User) -> None:
    def read_in(language: str) -> None:
        set_preferences(user=superuser, language=language)

    read_in("ru")
    browser.post(f"{LIST}add/", SENT)
    browser.post(f"{LIST}{PeriodicTask.objects.get(name='Early').pk}/change/", SENT | {"how": "month", "at": "07:30"})
    for language in ("en", "es", "ru"):
        read_in(language)
        with translation.override(language):
            before, after = str(Timing(how=How.DAY)), str(Timing(how=How.MONTH, at=clock(7, 30)))
        assert f"{before} → {after}" in words(browser.get("/admin/changes/recordedchange/").content.decode())


def test_new_times_count_from_now_and_expire_in_time(browser: Client) -> None:
    one = schedule(task="analytics.refresh", last_run_at=NOW - timedelta(days=1), expire_seconds=600)
    page = f"{LIST}{one.pk}/change/"
    with time_machine.travel(NOW, tick=False):
        # Today's 06:00 has passed: it is not made up for.
        browser.post(page, SENT)
        one.refresh_from_db()
        found = (one.interval, one.expire_seconds, next_run(one))
        browser.post(page, SENT | {"how": "every", "number": "5", "unit": "minutes"})
    one.refresh_from_db()
    assert found == (None, 3600, datetime(2026, 3, 2, 5, tzinfo=UTC))
    assert (one.crontab, one.expire_seconds, str(one.interval)) == (None, 300, "every 5 minutes")


def test_what_only_cron_says_is_shown_and_stays_unless_somebody_chooses(browser: Client) -> None:
    cron = CrontabSchedule.objects.create(minute="*/7", hour="3")
    one = schedule(interval=None, crontab=cron)
    page = f"{LIST}{one.pk}/change/"
    assert "As it is:" in browser.get(page).content.decode()
    browser.post(page, {"name": "renamed", "enabled": "on", "how": "as-it-is"})
    one.refresh_from_db()
    assert (one.name, one.crontab) == ("renamed", cron)
    browser.post(page, SENT)
    one.refresh_from_db()
    assert when(one) == "every day at 06:00 Europe/Madrid"


def test_a_manager_sets_what_staff_may_and_does_not_see_what_keeps_the_product_running() -> None:
    issue_token(username="mia", role="Managers")
    manager = Client()
    manager.force_login(User.objects.get(username="mia"))
    mine, own = schedule(name="Mine", task="analytics.refresh"), schedule(name="Own")
    html = manager.get(LIST).content.decode()
    assert [f"/{one.pk}/change/" in html for one in (mine, own)] == [True, False]
    for one in (mine, own):
        manager.post(f"{LIST}{one.pk}/change/", SENT | {"name": one.name})
    found = {one.name: when(one) for one in PeriodicTask.objects.filter(pk__in=[mine.pk, own.pk])}
    assert found == {"Mine": "every day at 06:00 Europe/Madrid", "Own": "every 600 seconds"}


timings = st.one_of(
    st.builds(
        Timing, how=st.just(How.EVERY), number=st.integers(1, 999), unit=st.sampled_from(["minutes", "hours", "days"])
    ),
    st.builds(
        Timing,
        how=st.sampled_from([How.DAY, How.MONTH]),
        at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        zone=st.sampled_from(list(time_zones())),
    ),
    st.builds(
        Timing,
        how=st.just(How.WEEKDAYS),
        at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        zone=st.sampled_from(list(time_zones())),
        days=st.frozensets(st.sampled_from(list(WEEK)), min_size=1),
    ),
)


@settings(deadline=None)
@given(timing=timings)
def test_what_is_stored_of_a_timing_reads_back_as_it(timing: Timing) -> None:
    with transaction.atomic():
        actor = User.objects.create_user("somebody")
        one = PeriodicTask(name="any", task="analytics.refresh")
        set_schedule(schedule=one, timing=timing, actor=actor)
        stored = PeriodicTask.objects.get(name="any")
        assert (timing_of(stored), 0 < stored.expire_seconds <= 3600) == (timing, True)
        transaction.set_rollback(True)


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
