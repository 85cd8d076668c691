"""`/confirm/{token}` for programs, and what it says in each state; its pages for people."""

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
from airports.services.request_change import request_change, request_creation
from airports.services.update_airport import update_airport
from config.common.services.tokens import issue_token
from tests.airports.api.test_airports import errors
from tests.airports.builders import VALENCIA, make_airport, make_valencia

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
# What a browser sends.
HTML: dict[str, Any] = {"HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
JSON: dict[str, Any] = {"HTTP_ACCEPT": "application/json"}
ASK: dict[str, Any] = {"city": "Manises", "iata": None}


@pytest.fixture
def asker() -> User:
    """An editor who asks for changes."""
    issue_token(username="ana", role="Editors")
    return User.objects.get(username="ana")


@pytest.fixture
def browser(superuser: User) -> Client:
    """A browser in which somebody with all permissions has signed in; its forms need their CSRF token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(superuser)
    return client


def change_url(asker: User | None = None, **values: Any) -> str:
    """A link to a change of Valencia's airport, which is made first."""
    airport = Airport.objects.filter(icao="LEVC").first() or make_valencia()
    return f"/confirm/{request_change(airport_id=airport.pk, values=values or ASK, actor=asker).token}"


def creation_url(**values: Any) -> str:
    """A link to a new airport."""
    return f"/confirm/{request_creation(values=VALENCIA | values, actor=None).token}"


def press(browser: Client, url: str) -> Any:
    """The answer to the button of the page at `url`."""
    page = browser.get(url, **HTML).content.decode()
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return browser.post(url, {"csrfmiddlewaretoken": token}, **HTML)


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


def test_a_browser_without_a_sign_in_is_sent_to_it_and_a_program_is_refused() -> None:
    url = change_url()
    for path in (url, "/confirm/x"):
        answers = [Client().get(path, **HTML), Client().post(path, **HTML), Client().get(path, **JSON)]
        assert [answer.status_code for answer in answers] == [302, 302, 401]
        assert answers[0]["Location"] == f"/admin/login/?next={path}"
        assert answers[2]["WWW-Authenticate"] == "Token"
    assert Client().get(f"{url}?format=json", **HTML).status_code == 401
    assert Client().get(url, HTTP_AUTHORIZATION="Token wrong", **HTML).status_code == 401


@pytest.mark.parametrize(
    ("accept", "kind", "anonymous"),
    [
        ("", "application/json", 302), ("*/*", "application/json", 302), ("text/*", "text/html", 302),
        ("text/html;q=0.1, image/png", "text/html", 302), ("text/html; charset=utf-8", "text/html", 302),
        ("application/json", "application/json", 401), ("text/html;q=0, */*", "application/json", 401),
        ("application/json, */*;q=0.1", "application/json", 401), ("image/png", "application/problem+json", 401),
    ],
)  # fmt: skip
def test_a_stranger_is_sent_to_sign_in_unless_json_is_asked_for(
    manager: APIClient, accept: str, kind: str, anonymous: int
) -> None:
    url = change_url()
    for signed_in, stranger in ((manager.get, Client().get), (manager.head, Client().head)):
        shown = signed_in(url, HTTP_ACCEPT=accept)
        assert shown.headers["Content-Type"].partition(";")[0] == kind
        assert stranger(url, HTTP_ACCEPT=accept).status_code == anonymous
    posted = Client().post(url, HTTP_ACCEPT="*/*")
    assert [posted.status_code, posted["WWW-Authenticate"]] == [401, "Token"]


def test_the_page_shows_old_and_new_with_one_button_and_the_button_works_once(browser: Client, asker: User) -> None:
    url = change_url(asker)
    page = browser.get(url, **HTML).content.decode()
    assert re.findall(r"<td>(.*?)</td>", page) == [
        "Valencia", "Manises", "VLC", '<span class="unknown">unknown</span>',
    ]  # fmt: skip
    assert [page.count("<button"), page.count("<script"), "<dd>ana</dd>" in page] == [1, 0, True]
    done = press(browser, url)
    assert [done.status_code, done["Content-Type"], done["ETag"]] == [200, "text/html; charset=utf-8", '"2"']
    assert "Valencia Airport was changed" in done.content.decode()
    again = browser.post(url, {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}, **HTML)
    assert [again.status_code, Airport.objects.get().version] == [409, 2]


def test_the_page_makes_a_new_airport(browser: Client) -> None:
    done = press(browser, creation_url())
    assert [done.status_code, done["Location"]] == [201, f"/airports/{Airport.objects.get().pk}"]


def test_values_are_shown_as_text(browser: Client) -> None:
    page = browser.get(creation_url(name="<b>&", altitude=240.0, latitude=-0.5), **HTML).content.decode()
    assert ["<td>&lt;b&gt;&amp;</td>" in page, "<td>240</td>" in page, "<td>-0.5</td>" in page] == [True] * 3


def test_a_form_without_its_csrf_token_does_nothing(browser: Client) -> None:
    url = change_url()
    answers = [browser.post(url, **HTML), browser.post(url)]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0]["Content-Type"] == "text/html; charset=utf-8"
    assert Airport.objects.get().version == 1


def test_a_failure_is_a_page_for_a_browser(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("airports.api.confirm.preview_change", fail)
    browser.raise_request_exception = False
    page, body = browser.get(change_url(), **HTML), browser.get(change_url())
    assert [page.status_code, page["Content-Type"]] == [500, "text/html; charset=utf-8"]
    assert [body.status_code, body["Content-Type"]] == [500, "application/problem+json"]


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
