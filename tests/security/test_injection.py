"""SQL, HTML and formulas through every text: stored as they are, shown as text, run by nobody."""

import csv
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from airports.models import Airport
from analytics.services.counting.refresh_demand import refresh_demand
from imports.models import Citizen
from tests.factories import people

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], APIClient]

# Each has a letter, and is short enough for the shortest of the texts.
PAYLOADS = [
    "'; DROP TABLE x; --",
    "' OR '1'='1",
    "x%' UNION SELECT 1--",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(2)//",
    "{{7*7}}{% debug %}",
    "=cmd|' /C calc'!A0",
    "+1+cmd|calc",
    "-2+3+cmd",
    "@SUM(A1)x",
    "\u202etxt.exe",
]
FORMULAS = tuple("=+-@\t\r")
AIRPORT_TEXTS = ["name", "city", "type", "source"]
CITIZEN_TEXTS = ["town", "street", "building", "name", "channel"]


@pytest.fixture
def planted(manager: APIClient) -> int:
    """An import and airports with every payload in every text; the import's id."""
    for number, payload in enumerate(PAYLOADS):
        body = {"latitude": number, "longitude": 0} | dict.fromkeys(AIRPORT_TEXTS, payload)
        answer = manager.post("/airports", body)
        assert answer.status_code == 201, answer.content
    citizens = people(len(PAYLOADS))
    for citizen, payload in zip(citizens, PAYLOADS, strict=True):
        citizen |= dict.fromkeys(CITIZEN_TEXTS, payload)
    answer = manager.post(f"/imports?source={quote(PAYLOADS[3])}", {"citizens": citizens})
    assert answer.status_code == 201, answer.content
    refresh_demand()
    return int(answer.json()["data"]["import_id"])


def test_json_gives_back_what_was_stored(manager: APIClient, planted: int) -> None:
    airports = manager.get("/airports?ordering=latitude").json()["data"]
    assert [[row[name] for name in AIRPORT_TEXTS] for row in airports] == [[one] * 4 for one in PAYLOADS]
    citizens = manager.get(f"/imports/{planted}/citizens").getvalue()
    assert all(citizens.decode().count(as_json(one)) == len(CITIZEN_TEXTS) for one in PAYLOADS[:1])
    assert Citizen.objects.count() == len(PAYLOADS)


def as_json(text: str) -> str:
    return text.replace('"', '\\"')


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_filter_compares_and_does_nothing_else(manager: APIClient, planted: int, payload: str) -> None:
    found = {
        name: manager.get(f"/airports?{name}={quote(payload)}").json()["count"]
        for name in ("q", "city", "type", "source")
    }
    assert found == dict.fromkeys(found, 1)
    for name in ("town", "channel"):
        rows = manager.get(f"/analytics/demand?group_by=town&{name}={quote(payload)}").json()["data"]
        assert [row["town"] for row in rows] == [payload]
    for query in (f"ordering={quote(payload)}", f"bbox={quote(payload)}", f"near={quote(payload)}"):
        assert manager.get(f"/airports?{query}").status_code == 400
    assert (Airport.objects.count(), Citizen.objects.count()) == (len(PAYLOADS), len(PAYLOADS))


TABLES = ["/airports", "/imports", "/imports/{id}/citizens", "/imports/{id}/towns/stat/percentile/age"]
TABLES += ["/analytics/demand?group_by=town,channel,source", "/analytics/cities", "/analytics/trend?group_by=town"]
TABLES += ["/analytics/catchments", "/analytics/report"]


@pytest.mark.parametrize("path", TABLES)
def test_no_cell_of_a_table_is_a_formula(manager: APIClient, planted: int, path: str) -> None:
    answer: Any = manager.get(path.format(id=planted), HTTP_ACCEPT="text/csv")
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    cells = [cell for row in csv.reader(text.decode().splitlines()) for cell in row]
    assert len(cells) > 1
    assert [cell for cell in cells if cell.startswith(FORMULAS) and not is_number(cell)] == []


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


PAGES = ["/admin/airports/airport/", "/admin/airports/airport/{airport}/change/", "/admin/imports/import/"]
PAGES += ["/admin/airports/airport/{airport}/history/", "/admin/imports/import/{id}/change/", "/admin/imports/citizen/"]
PAGES += ["/admin/imports/citizen/{citizen}/change/", "/analytics/", "/admin/analytics/townplace/", "/admin/"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_markup_that_somebody_sent(superuser: User, planted: int, path: str) -> None:
    client = Client()
    client.force_login(superuser)
    for payload in PAYLOADS[3:6]:
        where = {"airport": Airport.objects.get(name=payload).pk, "citizen": Citizen.objects.get(town=payload).pk}
        answer = client.get(path.format(id=planted, **where))
        html = answer.content.decode()
        assert answer.status_code == 200
        assert payload not in html
        assert "Content-Security-Policy" in answer.headers
        assert "'unsafe-inline'" not in script_sources(answer.headers["Content-Security-Policy"])


def script_sources(policy: str) -> str:
    return next(part for part in policy.split(";") if part.strip().startswith("script-src"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_page_of_a_link_shows_it_as_text(manager: APIClient, client_of: ClientOf, payload: str) -> None:
    asked = manager.get(f"/create?name={quote(payload)}&city={quote(payload)}&latitude=1&longitude=1").json()["data"]
    html = manager.get(asked["confirmation_url"], HTTP_ACCEPT="text/html").content.decode()
    assert escape(payload) in html
    assert payload == escape(payload) or payload not in html


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_form_of_the_admin_takes_it_for_more_than_a_text(superuser: User, payload: str) -> None:
    client = Client()
    client.force_login(superuser)
    form = {"name": payload, "city": payload, "latitude": "1", "longitude": "1", "_save": "Save"}
    client.post("/admin/airports/airport/add/", form)
    assert list(Airport.objects.values_list("name", "city")) == [(payload, payload)]
    for query in ("q", "o", "p", "country__exact", "bogus__gte"):
        answer = client.get(f"/admin/airports/airport/?{query}={quote(payload)}", follow=True)
        assert answer.status_code == 200
        assert payload == escape(payload) or payload not in answer.content.decode()
