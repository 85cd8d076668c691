"""Every page says when by the clock of its reader, and every file in UTC."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from analytics.services.counting.refresh_demand import refresh_demand
from config.common.accounts.services.preferences import set_preferences
from config.common.http.moments import local_moment, moment
from tests.admin.models import PAGES, row, url
from tests.admin.test_crawl import walk
from tests.common.helpers import one_import

pytestmark = pytest.mark.django_db
# Of a Sunday evening; in the zone of the reader it is Monday, 11:42.
NOW = "2026-11-29T22:42:13Z"
ZONE, THERE, IN_UTC = "Pacific/Auckland", "30 Nov 2026, 11:42", "22:42"


@pytest.fixture
def reader(superuser: User) -> Iterator[Client]:
    """A superuser far east of Greenwich, while the clock stands still; a row of every model is of this moment."""
    with time_machine.travel(NOW, tick=False):
        set_preferences(user=superuser, time_zone=ZONE)
        client = Client()
        client.force_login(superuser)
        for model in PAGES:
            row(model)
        one_import()
        refresh_demand()
        yield client


def text(html: str) -> str:
    """What is to read: no markup, and of addresses and attributes nothing."""
    return re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", html, flags=re.DOTALL)


def test_no_page_of_the_admin_has_a_time_of_another_zone(reader: Client) -> None:
    pages = {path: text(targets.html) for path, _code, targets in walk(reader)}
    assert [path for path, written in pages.items() if IN_UTC in written] == []
    assert sum(THERE in written for written in pages.values()) > len(PAGES)


@pytest.mark.parametrize("path", ["/analytics/", "/analytics/report"])
def test_the_page_of_the_demand_and_its_report_name_the_zone(reader: Client, path: str) -> None:
    written = text(reader.get(path, HTTP_ACCEPT="text/html").content.decode())
    assert (IN_UTC in written, f"{THERE} NZDT" in written) == (False, True)


def test_a_file_has_the_same_moment_for_every_reader(reader: Client) -> None:
    for model in PAGES:
        answer: Any = reader.get(f"{url(model, '')}export/csv/")
        content = answer.getvalue().decode() if answer.status_code == 200 else ""
        assert ("NZDT" in content, THERE[:11] in content) == (False, False), model
    header, line = reader.get("/analytics/report?format=csv").getvalue().decode().splitlines()[:2]
    assert dict(zip(header.split(","), line.split(","), strict=True)).get("made_at", moment(timezone.now())) == NOW


def test_a_moment_by_the_readers_clock_names_the_zone() -> None:
    with time_machine.travel(NOW, tick=False), timezone.override("Europe/Madrid"):
        assert (local_moment(timezone.now()), moment(timezone.now())) == ("29 Nov 2026, 23:42 CET", NOW)
