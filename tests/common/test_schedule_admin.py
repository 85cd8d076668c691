"""Schedules, leases and chunked runs in the admin."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from config.common.models import ChunkedRun, Lease

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, superuser: User) -> Client:
    client.force_login(superuser, backend="config.common.backends.RoleBackend")
    return client


@pytest.fixture
def schedule() -> PeriodicTask:
    interval = IntervalSchedule.objects.create(every=33, period="seconds")
    return PeriodicTask.objects.create(name="Tests", task="common.sweep", interval=interval)


@pytest.mark.parametrize("model", ["periodictask", "intervalschedule", "crontabschedule", "clockedschedule"])
@pytest.mark.parametrize("page", ["", "add/"])
def test_the_pages_of_schedules_open(admin: Client, schedule: PeriodicTask, model: str, page: str) -> None:
    assert admin.get(f"/admin/django_celery_beat/{model}/{page}").status_code == 200


def test_the_page_of_a_schedule_offers_the_tasks_of_the_product(admin: Client, schedule: PeriodicTask) -> None:
    page = admin.get(f"/admin/django_celery_beat/periodictask/{schedule.pk}/change/")
    assert '<option value="imports.purge_deleted">' in page.content.decode()


def test_leases_and_chunked_runs_can_be_looked_at(admin: Client) -> None:
    from django.utils import timezone

    Lease.objects.create(name="tests", fence=1, holder="me", expires_at=timezone.now())
    ChunkedRun.objects.create(name="tests", task="common.sweep", position=0, end=1, size=1)
    for model in ("lease", "chunkedrun"):
        assert admin.get(f"/admin/common/{model}/").status_code == 200
        assert admin.get(f"/admin/common/{model}/tests/change/").status_code == 200
