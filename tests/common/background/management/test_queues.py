"""`manage.py queues`."""

import re
from io import StringIO

import pytest
from django.conf import LazySettings, settings
from django.core.management import CommandError, call_command
from redis import Redis

from config.common.background.publishing import publish


def queues() -> list[str]:
    output = StringIO()
    call_command("queues", stdout=output)
    return output.getvalue().splitlines()


def test_it_shows_depth_and_age_and_says_that_no_worker_answers() -> None:
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    with Redis.from_url(settings.REDIS_URL) as redis:
        for name in settings.BACKGROUND_QUEUES:
            redis.delete(f"{prefix}{name}")
        assert publish("background.clear_expired", kwargs={}, queue="bulk")
        urgent, default, bulk, workers = queues()
        redis.delete(f"{prefix}bulk")
    assert (urgent, default) == ("queue urgent: 0 waiting", "queue default: 0 waiting")
    assert re.fullmatch(r"queue bulk: 1 waiting, the oldest for \d s", bulk)
    assert workers == "no worker answers"


def test_without_redis_it_says_so(settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"
    with pytest.raises(CommandError, match="Redis does not answer"):
        queues()
