"""What runs every few seconds says nothing while there is nothing to do."""

import pytest
import structlog
from celery import current_app
from django_celery_beat.models import PeriodicTask
from structlog.testing import capture_logs

from config.common.background.policy import log_if_any

# It writes an event each time.
_TELLS = {"events.weekly", "celery.backend_cleanup"}


@pytest.mark.django_db(transaction=True)
def test_no_task_that_is_scheduled_writes_a_line_about_nothing() -> None:
    names = set(PeriodicTask.objects.values_list("task", flat=True)) - _TELLS
    assert len(names) > 5
    with capture_logs() as lines:
        for name in sorted(names):
            current_app.tasks[name].run()
    assert lines == []


@pytest.mark.parametrize(("found", "lines"), [(0, 0), (1, 1)])
def test_what_was_done_is_told(found: int, lines: int) -> None:

    with capture_logs() as told:
        log_if_any(structlog.get_logger("config.tests"), "cleared", leases=0, tokens=found)
    assert len(told) == lines
