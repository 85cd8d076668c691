"""Placing as tasks: swept, scheduled, one run at a time."""

from contextlib import nullcontext

import pytest
from django.core.management import call_command
from django_celery_beat.models import PeriodicTask

from airports.models import Airport
from analytics import tasks
from analytics.models import TownPlace
from analytics.services.placing.place_towns import place_towns
from analytics.tasks import place_all_towns_task, place_towns_task, sweep_towns
from config.common.background.models import Turn
from config.common.background.sweeping import SWEEPS
from tests.airports.builders import make_airport
from tests.analytics.services.test_place_towns import demand

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of tasks that were enqueued."""
    names: list[str] = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, **_: names.append(task))
    return names


def swept(sent: list[str]) -> list[str]:
    """What one more sweep enqueues, half a minute after the last."""
    sent.clear()
    Turn.objects.filter(name="analytics.place_towns:sweep").delete()
    sweep_towns()
    return list(sent)


def test_a_town_without_place_is_swept_up_until_it_was_tried(sent: list[str]) -> None:
    assert (SWEEPS["analytics.place_towns"], swept(sent)) == (sweep_towns, [])
    demand("Xyzzy")
    assert [swept(sent), swept(sent)] == [["analytics.place_towns"]] * 2
    place_towns_task()
    assert (TownPlace.objects.get().method, swept(sent)) == ("unplaced", [])


def test_sweeps_look_at_the_towns_twice_a_minute_only(sent: list[str]) -> None:
    demand("Xyzzy")
    sweep_towns()
    sweep_towns()
    assert sent == ["analytics.place_towns"]


def test_changed_airports_are_swept_up_once_in_ten_minutes(sent: list[str]) -> None:
    demand("Smallville")
    place_towns()
    make_airport("Strip", 40.0, -100.0, city="Smallville", iata="SMV")
    assert [swept(sent), swept(sent)] == [["analytics.place_all_towns"], []]
    place_all_towns_task()
    Turn.objects.all().delete()
    assert (TownPlace.objects.get().method, swept(sent)) == ("airport_city", [])


@pytest.mark.parametrize("task", [place_towns_task, place_all_towns_task])
def test_one_run_at_a_time(task: object, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(task)
    demand("Kyiv")
    monkeypatch.setattr(tasks, "single_run", lambda _: nullcontext(False))
    task()
    assert TownPlace.objects.count() == 0


def test_all_towns_are_placed_every_night() -> None:
    task = PeriodicTask.objects.get(name="Place all towns")
    assert (task.task, str(task.interval), task.expire_seconds) == ("analytics.place_all_towns", "every day", 3600)


def test_the_command_places_what_is_new_or_all(capsys: pytest.CaptureFixture[str]) -> None:
    demand("Kyiv", "Xyzzy")
    call_command("place_towns")
    call_command("place_towns")
    call_command("place_towns", "--all")
    assert capsys.readouterr().out.splitlines() == [
        "1 town placed, 1 not found.",
        "0 towns placed, 0 not found.",
        "1 town placed, 1 not found.",
    ]
    assert Airport.objects.count() == 0
