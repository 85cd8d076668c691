"""`GET /create` and `GET /update`: links that ask for a change and write no airport."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from airports.fields import NAMES
from airports.models import Airport, PendingChange
from airports.services.flag_airport import flag_airport
from tests.airports.api.test_airports import errors
from tests.airports.builders import VALENCIA, make_airport, make_valencia

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = "name=X&latitude=1&longitude=2"


def test_a_link_to_a_new_airport_says_what_it_would_make_and_makes_nothing(manager: APIClient) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = manager.get(f"/create?{urlencode(VALENCIA)}&city=".replace("&city=Valencia", ""))
    data = answer.json()["data"]
    assert [answer.status_code, answer["Cache-Control"], data["action"]] == [202, "no-store", "create"]
    assert data["changes"] == {name: {"from": None, "to": value} for name, value in VALENCIA.items() if name != "city"}
    assert data["expires_at"] == "2026-03-02T12:00:00Z"
    assert re.fullmatch(r"http://testserver/confirm/[A-Za-z0-9_-]{43}", data["confirmation_url"])
    assert set(data) == {"action", "changes", "expires_at", "confirmation_url"}
    assert [Airport.objects.count(), PendingChange.objects.count()] == [0, 1]


def test_only_the_hash_of_the_token_is_stored(manager: APIClient) -> None:
    urls = [manager.get(f"/create?{PLACE}").json()["data"]["confirmation_url"] for _ in range(2)]
    tokens = [url.rpartition("/")[2] for url in urls]
    rows = [str(row) for row in PendingChange.objects.values()]
    assert [token in "".join(rows) for token in tokens] == [False, False]
    hashes = set(PendingChange.objects.values_list("token_hash", flat=True))
    assert hashes == {sha256(token.encode()).hexdigest() for token in tokens}


def test_a_link_to_a_change_maps_each_field_that_differs(manager: APIClient) -> None:
    airport = make_valencia()
    answer = manager.get(f"/update?id={airport.pk}&city=&iata=xyz&altitude=240&name=Valencia+Airport")
    assert answer.status_code == 202
    assert [answer.json()["data"][name] for name in ("action", "changes")] == [
        "update",
        {"city": {"from": "Valencia", "to": None}, "iata": {"from": "VLC", "to": "XYZ"}},
    ]
    assert Airport.objects.get().version == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [("?latitude", "required"), ("?longitude", "required"), ("?name", "required")]),
        ("name=&latitude=&longitude=1", [("?latitude", "required"), ("?name", "required")]),
        (f"{PLACE}&x=1&version=2", [("?version", "unknown_parameter"), ("?x", "unknown_parameter")]),
        (f"{PLACE}&city=a&city=b", [("?city", "repeated_parameter")]),
        (f"{PLACE}&id=1", [("?id", "unknown_parameter")]),
        (
            "name=%00&latitude=91&longitude=NaN&iata=%C3%9F&tz=X&dst=Q&timezone=1,5",
            [
                ("?dst", "invalid_choice"), ("?iata", "invalid_code"), ("?latitude", "out_of_range"),
                ("?longitude", "invalid_number"), ("?name", "invalid_characters"), ("?timezone", "invalid_number"),
                ("?tz", "unknown_timezone"),
            ],
        ),
        (f"{PLACE}&city=%ff", [("?city", "invalid_characters")]),
        (f"{PLACE}&city={'x' * 257}", [("?city", "too_long")]),
        ("name=X&latitude=1&longitude=1" + "0" * 30, [("?longitude", "out_of_range")]),
    ],
)  # fmt: skip
def test_a_new_airport_is_checked_as_strictly_as_a_body(
    manager: APIClient, query: str, found: list[tuple[str, str]]
) -> None:
    answer = manager.get(f"/create?{query}")
    assert [answer.status_code, sorted(errors(answer))] == [400, found]
    assert not PendingChange.objects.exists()


@pytest.mark.parametrize(
    ("query", "status", "found"),
    [
        ("", 400, [("?id", "required")]),
        ("city=X", 400, [("?id", "required")]),
        ("id=&city=X", 400, [("?id", "blank")]),
        ("id={id}", 400, [("", "required")]),
        ("id={id}&city=Valencia", 400, [("?city", "no_change")]),
        ("id={id}&latitude=91&x=1", 400, [("?latitude", "out_of_range"), ("?x", "unknown_parameter")]),
        ("id={id}&name=", 400, [("?name", "required")]),
        ("id={id}&id=7&city=X", 400, [("?id", "repeated_parameter")]),
        ("id=7777&x=1", 404, []),
        ("id=x&city=X", 404, []),
        ("id=-1&city=X", 404, []),
        ("id=1" + "0" * 30, 404, []),
        ("id={id}&iata=AAA", 409, [("?iata", "duplicate_code")]),
    ],
)
def test_a_change_is_checked_as_strictly_as_a_body(
    manager: APIClient, query: str, status: int, found: list[tuple[str, str]]
) -> None:
    make_airport("Other", iata="AAA")
    answer = manager.get(f"/update?{query.format(id=make_valencia().pk)}")
    assert [answer.status_code, sorted(errors(answer))] == [status, found]
    assert not PendingChange.objects.exists()


def test_codes_that_are_taken_are_named(manager: APIClient) -> None:
    make_valencia()
    answer = manager.get(f"/create?{PLACE}&iata=vlc&icao=LEVC")
    assert [answer.status_code, errors(answer)] == [409, [("?iata", "duplicate_code"), ("?icao", "duplicate_code")]]


def test_a_flagged_airport_takes_no_link(manager: APIClient) -> None:
    airport = make_valencia()
    flag_airport(airport_id=airport.pk, actor=None)
    assert manager.get(f"/update?id={airport.pk}&city=X").status_code == 409


def test_a_link_keeps_to_the_version_that_its_maker_knows(manager: APIClient) -> None:
    url = f"/update?id={make_valencia().pk}&city=X"
    assert [manager.get(url, HTTP_IF_MATCH=tag).status_code for tag in ('"2"', '"1"')] == [412, 202]


@pytest.mark.parametrize("path", ["/create?" + PLACE, "/update?id={id}&city=X"])
def test_a_link_is_not_made_with_the_session_of_a_browser(path: str, superuser: User, client: Client) -> None:
    client.force_login(superuser)
    answer = client.get(path.format(id=make_valencia().pk))
    assert [answer.status_code, answer["Cache-Control"]] == [401, "no-store"]
    assert not PendingChange.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"), [("Viewers", 403), ("Importers", 403), ("Editors", 202), ("Managers", 202)]
)
def test_links_are_made_by_those_who_may_write(client_of: Callable[[str], APIClient], role: str, status: int) -> None:
    client, airport = client_of(role), make_valencia()
    answers = [client.get(f"/create?{PLACE}"), client.get(f"/update?id={airport.pk}&city=X")]
    assert [answer.status_code for answer in answers] == [status] * 2


def test_the_document_names_every_parameter_with_its_type(manager: APIClient) -> None:
    operation: dict[str, Any] = manager.get("/schema").json()["paths"]["/create"]["get"]
    kinds = {one["name"]: (one["schema"]["type"], one.get("required", False)) for one in operation["parameters"]}
    numbers, required = {"latitude", "longitude", "altitude", "timezone"}, {"name", "latitude", "longitude"}
    assert kinds == {name: ("number" if name in numbers else "string", name in required) for name in NAMES}
    assert operation["security"] == [{"token": []}]
