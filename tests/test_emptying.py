"""After a test that commits the database is what it was before, whatever the test did to what migrations put there."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django_celery_beat.models import PeriodicTask
from pytest_django import DjangoDbBlocker

from tests.factories import people
from tests.imports.world import load


@pytest.fixture
def unchanged(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Compares all rows of before with those of when the database was emptied."""
    with django_db_blocker.unblock():
        before = connection.creation.serialize_db_to_string()
        yield
        assert connection.creation.serialize_db_to_string() == before


# Set up first, it is torn down last.
@pytest.mark.usefixtures("unchanged", "transactional_db")
@pytest.mark.parametrize("change", ["nothing", "added", "edited", "deleted"])
def test_what_migrations_put_there_comes_back(change: str) -> None:
    assert PeriodicTask.objects.count() * Group.objects.count() * Permission.objects.count() > 0
    match change:
        case "added":
            load(people(3))
            User.objects.create_user("somebody").groups.add(Group.objects.get(name="Viewers"))
            Group.objects.create(name="Others")
        case "edited":
            PeriodicTask.objects.update(enabled=False)
            Group.objects.get(name="Viewers").permissions.clear()
        case "deleted":
            PeriodicTask.objects.all().delete()
            Permission.objects.all().delete()
