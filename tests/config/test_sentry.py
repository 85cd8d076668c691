"""What a Sentry server is told by the running programs, and what it is never told."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import structlog
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from config.common.background.publishing import publish
from tests.background.app import fails
from tests.background.conftest import redis as redis  # noqa: PLC0414 - a fixture
from tests.background.conftest import work as work  # noqa: PLC0414 - a fixture
from tests.background.test_beat import start_beat
from tests.background.workers import PrivateRedis, start_worker, until
from tests.receiver import Receiver, receiving
from tests.server import ROOT, Server, start_server

pytestmark = pytest.mark.django_db(transaction=True)
PLANTED = "Zyxwena Plantova"
WORDS = (b"Zyxwena", b"Plantova", b"plantbody", b"plantcookie", b"plantkey", b"plantagent", b"plantpath")


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture(scope="module")
def failing(django_db_setup: None, receiver: Receiver) -> Iterator[Server]:
    """A server with views that fail, which reports them, and every request's duration."""
    with start_server(
        DJANGO_SETTINGS_MODULE="tests.failing.settings",
        SENTRY_DSN=receiver.dsn,
        SENTRY_ENVIRONMENT="tests",
        SENTRY_TRACES="1",
        LOG_LEVEL="CRITICAL",
    ) as server:
        yield server


def ask(server: Server, method: str, path: str, request_id: str) -> httpx.Response:
    """A request with something planted in each of its parts."""
    headers = {
        "X-Request-ID": request_id,
        "Authorization": "Token plantkey",
        "Cookie": "sessionid=plantcookie",
        "User-Agent": "plantagent",
        "Content-Type": "application/json",
    }
    with server.client() as client:
        content = b"plantbody" if method == "POST" else None
        return client.request(method, path, params={"name": PLANTED}, content=content, headers=headers)


def event_of(receiver: Receiver, request_id: str) -> dict[str, Any]:
    """The error that this request was reported with."""
    found: list[dict[str, Any]] = []

    def arrived() -> bool:
        found[:] = [one for one in receiver.of("event") if one["tags"].get("request_id") == request_id]
        return bool(found)

    until(arrived)
    assert len(found) == 1
    return found[0]


def planted(receiver: Receiver) -> list[bytes]:
    return [word for word in WORDS if word in receiver.raw]


def test_an_error_of_a_view_arrives_with_its_request_id_and_without_what_was_sent(
    failing: Server, receiver: Receiver
) -> None:
    assert ask(failing, "POST", "/fail/key/plantpath", "sentry-1").status_code == 500
    event = event_of(receiver, "sentry-1")
    assert (event["release"], event["environment"]) == ("demanda@0.1.0", "tests")
    assert (event["transaction"], event["request"]) == ("/fail/key/{kind}", {"method": "POST"})
    error = event["exception"]["values"][-1]
    frame = error["stacktrace"]["frames"][-1]
    assert (error["type"], error["value"]) == ("KeyError", "(message withheld: it may quote data)")
    # The line of the source says the constant part of the message.
    assert frame["context_line"].strip() == 'raise KeyError(f"{name} {kind} {body}")'
    queries = [crumb["message"] for crumb in event["breadcrumbs"]["values"] if crumb.get("category") == "query"]
    assert "SELECT %s AS asked" in queries
    assert planted(receiver) == []


def test_the_databases_error_says_which_constraint_and_not_which_value(failing: Server, receiver: Receiver) -> None:
    assert ask(failing, "POST", "/fail/database", "sentry-2").status_code == 500
    errors = event_of(receiver, "sentry-2")["exception"]["values"]
    message = 'duplicate key value violates unique constraint "auth_group_name_key" (SQLSTATE 23505)'
    assert [(error["type"], error["value"]) for error in errors] == [
        ("UniqueViolation", message),
        ("IntegrityError", message),
    ]
    assert planted(receiver) == []


def test_a_stream_that_breaks_off_is_reported(failing: Server, receiver: Receiver) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        ask(failing, "GET", "/fail/stream", "sentry-3")
    assert event_of(receiver, "sentry-3")["exception"]["values"][-1]["type"] == "ValueError"
    assert planted(receiver) == []


def test_durations_name_patterns_and_shapes(failing: Server, receiver: Receiver) -> None:
    ask(failing, "GET", "/fail/key/plantpath", "sentry-4")
    ask(failing, "GET", "/plantpath", "sentry-5")

    def named() -> dict[str, dict[str, Any]]:
        return {one["tags"].get("request_id", ""): one for one in receiver.of("transaction")}

    until(lambda: {"sentry-4", "sentry-5"} <= set(named()))
    good, unknown = named()["sentry-4"], named()["sentry-5"]
    assert (good["transaction"], unknown["transaction"]) == ("/fail/key/{kind}", "(no URL of ours)")
    assert "SELECT %s AS asked" in [span.get("description") for span in good["spans"]]
    assert planted(receiver) == []


def test_what_we_refuse_is_no_error(failing: Server, receiver: Receiver) -> None:
    before = len(receiver.of("event"))
    for path in ("/nothing", "/imports", "/airports?limit=x"):
        ask(failing, "GET", path, "sentry-6")
    ask(failing, "POST", "/fail/key/x", "sentry-7")
    event_of(receiver, "sentry-7")
    assert len(receiver.of("event")) == before + 1


def test_a_failing_task_and_its_schedule_arrive_with_the_tasks_name_and_the_id_of_who_asked(
    work: str, redis: PrivateRedis
) -> None:
    PeriodicTask.objects.all().delete()
    minute = IntervalSchedule.objects.create(every=1, period="minutes")
    PeriodicTask.objects.create(
        name="Failing schedule",
        task="tests.fails",
        interval=minute,
        kwargs=f'{{"work": "{PLANTED}"}}',
        last_run_at=timezone.now() - timedelta(hours=1),
    )
    with receiving() as receiver:
        dsn = receiver.dsn
        with start_worker(SENTRY_DSN=dsn, REDIS_URL=redis.url), start_beat(redis, SENTRY_DSN=dsn):
            until(lambda: receiver.of("event") and len(receiver.of("check_in")) >= 2)
            with structlog.contextvars.bound_contextvars(request_id="sentry-8"):
                assert publish(fails.name, kwargs={"work": PLANTED})
            assert event_of(receiver, "sentry-8")["tags"]["task"] == "tests.fails"
        event, checks = receiver.of("event")[0], receiver.of("check_in")[:2]
        assert [(check["monitor_slug"], check["status"]) for check in checks] == [
            ("Failing schedule", "in_progress"),
            ("Failing schedule", "error"),
        ]
        assert checks[0]["monitor_config"]["schedule"] == {"type": "interval", "value": 1, "unit": "minute"}
        assert (event["tags"]["task"], event["transaction"]) == ("tests.fails", "tests.fails")
        assert event["tags"]["task_id"]
        assert event["exception"]["values"][-1]["value"] == "invalid input syntax for type date (SQLSTATE 22007)"
        assert planted(receiver) == []


def test_a_schedule_that_cannot_be_sent_is_reported_once_with_the_tasks_name(work: str, redis: PrivateRedis) -> None:
    PeriodicTask.objects.all().delete()
    second = IntervalSchedule.objects.create(every=1, period="seconds")
    # There is no such queue.
    PeriodicTask.objects.create(
        name="Lost schedule", task=fails.name, interval=second, queue=PLANTED, kwargs=f'{{"work": "{PLANTED}"}}'
    )
    with receiving() as receiver:
        with start_beat(redis, SENTRY_DSN=receiver.dsn):
            until(lambda: receiver.of("event"))
            # It goes on trying, each second.
            time.sleep(3)
        [event] = receiver.of("event")
        assert event["tags"] == {"task": "tests.fails"}
        kinds = [one["type"] for one in event["exception"]["values"]]
        assert (kinds[0], kinds[-1]) == ("KeyError", "SchedulingError")
        assert planted(receiver) == []


def test_without_an_address_the_library_is_not_even_loaded() -> None:
    script = "import sys, django; django.setup(); print('sentry_sdk' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
