"""Markup through every text that is stored, then each list and page of the admin: it is shown, and always as text."""

import io
import json
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.admin.utils import quote as quoted
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from openpyxl import load_workbook
from rest_framework.test import APIClient

from airports.models import Airport, KeptUpload
from analytics.models import TownAlias
from analytics.services.counting.refresh_demand import refresh_demand
from config.common.accounts.services.tokens import issue_token
from imports.models import Import
from tests.admin.models import PAGES
from tests.factories import people
from tests.security.watching import AS_IT_IS, AS_TEXT, MARKUP, Watching

pytestmark = pytest.mark.django_db
CITIZEN = dict.fromkeys(("town", "street", "building", "name", "channel"), MARKUP)
AIRPORT = dict.fromkeys(("name", "city", "type", "source"), MARKUP)
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "=cmd|' /C calc'!A0"]


@pytest.fixture
def everywhere(manager: APIClient, superuser: User) -> Watching:
    """A browser, with the markup planted by the API, the admin's forms and the services."""
    browser = Watching(superuser)
    place = {"latitude": 1, "longitude": 1}
    manager.post("/airports", AIRPORT | place)
    manager.patch("/update", {"id": Airport.objects.get().pk, "city": f"{MARKUP} 2"})
    query = "&".join(f"{name}={quote(value)}" for name, value in AIRPORT.items())
    manager.get(f"/create?{query}&latitude=1&longitude=2")
    manager.put("/create", json.dumps(AIRPORT | place), content_type="application/json", HTTP_PREFER="respond-async")
    deliveries = [people(1)[0] | CITIZEN | {"citizen_id": number} for number in range(1, 8)]
    answer = manager.post(f"/imports?source={quote(MARKUP)}", {"citizens": deliveries})
    pk = answer.json()["data"]["import_id"]
    manager.patch(f"/imports/{pk}/citizens/1", {"street": f"{MARKUP} 2"})
    broken = {"citizens": [deliveries[0] | {"birth_date": MARKUP, MARKUP: 1}]}
    manager.post(f"/imports?source={quote(MARKUP)}", broken, HTTP_PREFER="respond-async")
    rename = {"field": "town", "before": MARKUP, "after": f"{MARKUP} 3", "confirm": "1"}
    browser.post(f"/admin/imports/import/{pk}/rename/", rename)
    row = ",".join(['"' + MARKUP.replace('"', '""') + '"'] * 2) + ",,,,5,5,,,,,,\n"
    file = SimpleUploadedFile(f"{MARKUP}.csv", row.encode())
    browser.post("/admin/airports/airport/upload/", {"file": file, "on_error": "fail", "preview": "1"})
    TownAlias.objects.create(town=MARKUP, name=MARKUP, geoname_id=1)
    User.objects.create_user("planted", first_name=MARKUP, last_name=MARKUP, email=f"{MARKUP[:20]}@x.example")
    issue_token(username="planted", label=MARKUP)
    every = IntervalSchedule.objects.create(every=5, period="days")
    PeriodicTask.objects.create(name=MARKUP, task="background.sweep", interval=every, description=MARKUP)
    refresh_demand()
    return browser


def test_no_page_of_the_admin_runs_what_somebody_sent(everywhere: Watching) -> None:
    preview = f"/admin/airports/airport/upload/{KeptUpload.objects.get().pk}/"
    residents = [f"/admin/imports/citizen/?delivery__id__exact={found.pk}" for found in Import.objects.all()]
    pages = [preview, *residents, "/analytics/", "/admin/search/?s=x&extended=1", "/admin/?q=x"]
    for path in pages:
        assert everywhere.get(path, HTTP_ACCEPT="text/html").status_code == 200, path
    for model in PAGES:
        row = model._default_manager.order_by("-pk").first()
        for page in ["", *([f"{quoted(row.pk)}/change/"] if row else [])]:
            everywhere.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/{page}", follow=True)
    assert everywhere.broken == []
    lists = {f"/admin/{name}/" for name in (
        "airports/airport", "airports/pendingchange", "imports/import", "imports/citizen",
        "analytics/townalias", "accounts/apitoken", "background/schedule",
    )}  # fmt: skip
    assert lists - everywhere.shown == set()
    assert {preview, "/analytics/"} - everywhere.shown == set()
    edited = ("airports/historicalairport", "auth/user")
    assert [name for name in edited if not any(one.startswith(f"/admin/{name}/") for one in everywhere.shown)] == []


def test_a_form_that_is_refused_shows_it_as_text(superuser: User) -> None:
    browser = Watching(superuser)
    for path, form in {
        "/admin/airports/airport/add/": AIRPORT | {"latitude": MARKUP, "longitude": MARKUP, "iata": MARKUP},
        "/admin/auth/user/add/": {"username": MARKUP, "email": MARKUP},
        "/admin/accounts/apitoken/add/": {"label": MARKUP, "user": MARKUP},
        "/admin/analytics/townalias/add/": {"town": MARKUP, "geoname_id": MARKUP},
        "/admin/imports/import/upload/": {"new_source": MARKUP * 3},
        "/admin/login/?next=/admin/": {"username": MARKUP, "password": MARKUP},
    }.items():
        answer: HttpResponseBase = browser.post(path, form)
        html = answer.content.decode()  # type: ignore[attr-defined]  # a whole answer
        assert (answer.status_code, [one for one in AS_IT_IS if one in html]) == (200, []), path
        assert AS_TEXT in html, path


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_no_cell_of_an_export_of_the_admin_is_a_formula(superuser: User, manager: APIClient, format: str) -> None:
    for number, text in enumerate(FORMULAS):
        body = dict.fromkeys(AIRPORT, f"{text} {number}") | {"latitude": number, "longitude": -1}
        assert manager.post("/airports", body).status_code == 201
    client = Client()
    client.force_login(superuser)
    answer: Any = client.get(f"/admin/airports/airport/export/{format}/")
    content = b"".join(answer.streaming_content)
    if format == "csv":
        lines = content.decode().splitlines()[1:]
        cells = [cell for line in lines for cell in line.split(",")]
        assert [cell for cell in cells if cell[:1] in set("=+@\t\r") or cell.startswith(("-1+", '"=', '"\t'))] == []
    else:
        rows = list(load_workbook(io.BytesIO(content)).active.rows)[1:]
        assert {cell.data_type for row in rows for cell in row} == {"s", "n"}
    assert Airport.objects.count() == len(FORMULAS)
