"""Who gets the page of the demand, as what, and by which addresses."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from tests.analytics.pages.asking import HTML, PAGE, BrowserOf, text_of
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["Viewers", "Editors", "Importers", "Managers"])
def test_every_role_sees_it_and_nobody_else_may_keep_a_copy(browser_of: BrowserOf, counted: None, role: str) -> None:
    answer = browser_of(role).get(PAGE, **HTML)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert {"Cookie", "Accept"} <= set(answer.headers["Vary"].split(", "))
    policy = answer.headers["Content-Security-Policy"]
    assert ("unsafe-inline" in policy, " style=" in answer.content.decode()) == (False, False)


def test_who_has_not_signed_in_is_asked_to_and_comes_back(counted: None) -> None:
    answer = Client().get(f"{PAGE}?channel=tv&town=Kyiv", **HTML)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/admin/login/?next=/analytics/%3Fchannel%3Dtv%26town%3DKyiv",
    )


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("", 302), ("*/*", 302), ("text/html;q=0.1", 302), ("text/*, application/json;q=0.9", 302),
        ("application/json", 401), ("text/html;q=0, */*", 401), ("image/png", 401),
    ],
)  # fmt: skip
def test_who_would_get_the_page_is_sent_to_sign_in_and_a_form_of_nobody_is_refused(accept: str, status: int) -> None:
    for method in (Client().get, Client().head):
        assert method(PAGE, HTTP_ACCEPT=accept).status_code == status
    assert Client().get(f"{PAGE}?format=json", HTTP_ACCEPT=accept).status_code == 401
    assert problem(APIClient().post(PAGE, HTTP_ACCEPT="*/*"))["status"] == 401


def test_somebody_without_a_role_gets_a_page_that_says_so() -> None:
    client = Client()
    client.force_login(User.objects.create_user("nobody"))
    answer = client.get(PAGE, **HTML)
    assert (answer.status_code, b"You may not see or do this" in answer.content) == (403, True)


@pytest.mark.parametrize(
    "query",
    [
        "?nonsense=1", "?by=x", "?country=Spain",
        "?gender=x", "?age_group=1-2", "?min_residents=-1", "?measure=x", "?town=%00",
        "?offset=1" + "0" * 30, "?by=city&by=city", "?gender=male&gender=x", "?min_residents=1e3",
        "?source=" + "x" * 65,
    ],
)  # fmt: skip
def test_addresses_that_are_wrong_are_400(browser_of: BrowserOf, manager: APIClient, counted: None, query: str) -> None:
    answer = browser_of("Editors").get(PAGE + query, **HTML)
    assert (answer.status_code, b"This address is not right" in answer.content) == (400, True)
    assert problem(manager.get(PAGE + query))["status"] == 400


@pytest.mark.parametrize("query", ["?town=%F0%9F%98%80%ff", "?offset=9223372036854775807", "?min_residents=999999999"])
def test_odd_addresses_are_pages(browser_of: BrowserOf, counted: None, query: str) -> None:
    assert "Who wants the next course?" in text_of(browser_of("Managers"), query)


def test_programs_are_told_where_the_figures_are(manager: APIClient, counted: None) -> None:
    links = manager.get(f"{PAGE}?channel=tv&format=json").json()["data"]["links"]
    assert {name: manager.get(link).status_code for name, link in links.items()} == dict.fromkeys(links, 200)
    assert links["demand"] == "/analytics/demand?channel=tv&index_base=all&format=json"
