"""`/confirm/{token}` for programs, and what it says in each state."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from airports.models import Airport, PendingChange
from airports.services.delete_airport import delete_airport
from airports.services.flag_airport import flag_airport
from airports.services.update_airport import update_airport
from config.common.accounts.services.tokens import issue_token
from tests.airports.api.confirming import HTML, change_url, creation_url
from tests.airports.api.test_airports import errors
from tests.airports.builders import VALENCIA, make_airport

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_it_says_what_would_change_by_whom_until_when_and_changes_nothing(manager: APIClient, asker: User) -> None:
    with time_machine.travel(NOW, tick=False):
        url = change_url(asker)
        answers = [manager.get(url), manager.get(f"{url}?format=json")]
    airport, change = Airport.objects.get(), PendingChange.objects.get()
    assert answers[0].json() == answers[1].json()
    data = answers[0].json()["data"]
    assert data.pop("asked_at").endswith("Z")
    assert data == {
        "action": "update",
        "airport_id": airport.pk,
        "airport_version": 1,
        "changes": {"city": {"from": "Valencia", "to": "Manises"}, "iata": {"from": "VLC", "to": None}},
        "asked_by": "ana",
        "expires_at": "2026-03-02T12:00:00Z",
    }
    assert [airport.city, change.applied_at] == ["Valencia", None]


@pytest.mark.parametrize("headers", [{}, HTML])
def test_no_answer_is_kept_or_named_elsewhere(browser: Client, manager: APIClient, headers: dict[str, str]) -> None:
    url = change_url()
    for client, path in ((browser, url), (manager, url), (browser, "/confirm/x"), (Client(), url)):
        answer = client.get(path, **headers)  # type: ignore[arg-type]  # headers
        assert [answer["Cache-Control"], answer["Referrer-Policy"]] == ["no-store", "strict-origin"]
        assert "Accept" in answer["Vary"]


def test_confirming_a_change_writes_it_and_its_history_names_both(manager: APIClient, asker: User) -> None:
    answer = manager.post(change_url(asker))
    data = answer.json()["data"]
    assert [answer.status_code, answer["ETag"], data["city"], data["iata"]] == [200, '"2"', "Manises", None]
    entry = manager.get(f"/airports/{data['id']}/history").json()["data"][0]
    assert [entry["by"], entry["reason"], entry["action"]] == ["managers", "by a link that ana asked for", "changed"]
    assert PendingChange.objects.get().result_id == data["id"]


def test_confirming_a_new_airport_makes_it(manager: APIClient) -> None:
    answer = manager.post(creation_url())
    data = answer.json()["data"]
    assert [answer.status_code, answer["Location"]] == [201, f"/airports/{data['id']}"]
    assert {name: data[name] for name in VALENCIA} == VALENCIA
    entry = manager.get(f"{answer['Location']}/history").json()["data"][0]
    assert entry["reason"] == "by a link that somebody who is gone asked for"


def test_a_long_name_of_the_asker_fits_into_the_history(manager: APIClient) -> None:
    asker = User.objects.create_user("x" * 150)
    assert manager.post(change_url(asker)).status_code == 200
    assert len(Airport.history.latest("history_id").history_change_reason) == 100


def use(url: str, client: Any) -> None:
    client.post(url)


def expire(url: str, client: Any) -> None:
    PendingChange.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))


def outdate(url: str, client: Any) -> None:
    update_airport(airport_id=Airport.objects.get().pk, values={"city": "Torrent"}, actor=None)


def flag(url: str, client: Any) -> None:
    flag_airport(airport_id=Airport.objects.get().pk, actor=None)


def remove(url: str, client: Any) -> None:
    delete_airport(airport_id=Airport.objects.get().pk, actor=None)


CHANGED = "The airport has changed since this link was made: it was at version 1, it"
STATES = [
    (use, 409, "This link has been used already."),
    (expire, 410, "This link has expired. Nothing was stored."),
    (outdate, 409, f"{CHANGED} is at version 2 now. Nothing was stored."),
    (flag, 409, f"{CHANGED} is at version 2 now. Nothing was stored."),
    (remove, 409, f"{CHANGED} has been deleted for good since. Nothing was stored."),
]


@pytest.mark.parametrize(("spoil", "status", "detail"), STATES)
def test_a_link_that_does_not_hold_says_why_and_writes_nothing(
    manager: APIClient, browser: Client, spoil: Callable[[str, Any], None], status: int, detail: str
) -> None:
    url = change_url()
    spoil(url, manager)
    before = list(Airport.objects.values())
    answers = [manager.get(url), manager.post(url)]
    assert [(answer.status_code, answer.json()["detail"]) for answer in answers] == [(status, detail)] * 2
    page = browser.get(url, **HTML)
    assert [page.status_code, page["Content-Type"]] == [status, "text/html; charset=utf-8"]
    assert detail in page.content.decode()
    assert list(Airport.objects.values()) == before


def test_an_expired_link_to_a_new_airport_makes_nothing(manager: APIClient) -> None:
    with time_machine.travel(NOW, tick=False):
        url = creation_url()
    with time_machine.travel(NOW + timedelta(hours=24), tick=False):
        issue = [manager.get(url).status_code, manager.post(url).status_code]
    assert [issue, Airport.objects.exists()] == [[410, 410], False]


def test_an_outdated_link_shows_both_versions(manager: APIClient, browser: Client) -> None:
    url = change_url()
    outdate(url, manager)
    versions = manager.get(url).json()["versions"]
    assert versions == {
        "asked": {**VALENCIA, "version": 1, "is_deleted": False},
        "present": {**VALENCIA, "version": 2, "is_deleted": False, "city": "Torrent"},
    }
    page = browser.get(url, **HTML).content.decode()
    assert re.findall(r"<td>([^<]*)</td>", page) == ["Valencia", "Torrent"]
    remove(url, manager)
    assert manager.post(url).json()["versions"]["present"] is None
    assert "<td>Valencia</td>" in browser.get(url, **HTML).content.decode()


def altered(token: str) -> list[str]:
    """Tokens that are nearly this one."""
    last = "A" if token[-1] != "A" else "B"
    return [token[:-1] + last, token[:-1], token + "A", token.swapcase(), "x", "%00", "%ff", "x" * 5000]


def test_an_altered_token_is_unknown(manager: APIClient, browser: Client) -> None:
    url = change_url()
    for token in altered(url.rpartition("/")[2]):
        answers = [method(f"/confirm/{token}") for method in (manager.get, manager.post)]
        assert [answer.status_code for answer in answers] == [404] * 2
    page = browser.get(url + "A", **HTML)
    assert [page.status_code, "There is no such link" in page.content.decode()] == [404, True]


def test_who_may_not_make_that_change_is_refused(client_of: Callable[[str], APIClient]) -> None:
    url = change_url()
    viewer, page = client_of("Viewers"), Client()
    page.force_login(User.objects.get(username="viewers"))
    assert [viewer.get(url).status_code, viewer.post(url).status_code] == [403, 403]
    shown = page.get(url, **HTML)
    assert [shown.status_code, "signed in as <strong>viewers</strong>" in shown.content.decode()] == [403, True]


def test_each_change_needs_its_own_permission() -> None:
    user = User.objects.create_user("ben")
    user.user_permissions.add(Permission.objects.get(codename="add_airport"))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(username='ben')[1]}")
    urls = [change_url(), creation_url(iata=None, icao=None)]
    assert [client.get(url).status_code for url in urls] == [403, 200]
    assert [client.post(url).status_code for url in urls] == [403, 201]


def test_a_code_that_was_taken_meanwhile_leaves_the_link_usable(manager: APIClient) -> None:
    url, other = creation_url(), make_airport("Other", iata="VLC")
    answer = manager.post(url)
    assert [answer.status_code, errors(answer)] == [409, [("/iata", "duplicate_code")]]
    assert list(Airport.objects.all()) == [other]
    delete_airport(airport_id=other.pk, actor=None)
    assert manager.post(url).status_code == 201


def test_head_looks_and_options_does_not(manager: APIClient, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    url = change_url()
    head = manager.head(url)
    assert [head.status_code, head.content] == [200, b""]
    with django_assert_num_queries(0):
        answers = [APIClient().options(path) for path in (url, "/confirm/x")]
    assert [(answer.status_code, answer["Allow"]) for answer in answers] == [(200, "GET, POST, HEAD, OPTIONS")] * 2


def test_unknown_parameters_are_refused_and_the_link_stays(manager: APIClient) -> None:
    url = change_url()
    assert [manager.get(f"{url}?x=1").status_code, manager.post(f"{url}?x=1").status_code] == [400, 400]
    assert manager.post(url).status_code == 200
