"""Links that expired long ago are forgotten."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command

from airports.models import PendingChange
from airports.services.confirm_change import confirm_change
from airports.services.expire_changes import expire_changes
from airports.services.request_change import request_creation
from config.common.problems import NotFound
from tests.airports.builders import VALENCIA

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FORGOTTEN = NOW + timedelta(hours=24, days=30)


def test_used_or_not_they_go_thirty_days_after_they_expired(superuser: User) -> None:
    with time_machine.travel(NOW, tick=False):
        used = request_creation(values=VALENCIA, actor=superuser).token
        confirm_change(token=used, actor=superuser)
        request_creation(values=VALENCIA | {"iata": None, "icao": None}, actor=None)
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        young = request_creation(values=VALENCIA | {"iata": None, "icao": None}, actor=None).change
    with time_machine.travel(FORGOTTEN - timedelta(seconds=1), tick=False):
        assert expire_changes() == 0
    with time_machine.travel(FORGOTTEN, tick=False):
        assert expire_changes() == 2
        with pytest.raises(NotFound):
            confirm_change(token=used, actor=superuser)
    assert list(PendingChange.objects.all()) == [young]


def test_the_command_says_how_many_went() -> None:
    with time_machine.travel(NOW, tick=False):
        request_creation(values=VALENCIA, actor=None)
    said = StringIO()
    with time_machine.travel(FORGOTTEN, tick=False):
        call_command("expire_changes", stdout=said)
    assert said.getvalue() == "1 pending changes were removed.\n"
