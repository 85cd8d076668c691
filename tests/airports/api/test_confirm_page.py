"""`/confirm/{token}` for people: its pages, and the way to the sign-in."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.templatetags.static import static
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from rest_framework.test import APIClient

from airports.models import Airport
from tests.airports.api.confirming import HTML, JSON, change_url, creation_url, press

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


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
    assert [page.count("<button"), "<dd>ana</dd>" in page] == [1, True]
    # It works without a script: the one there is paints it light or dark.
    assert re.findall(r"<script[^>]*>", page) == [f'<script src="{static("site/theme.js")}">']
    done = press(browser, url)
    assert [done.status_code, done["Content-Type"], done["ETag"]] == [200, "text/html; charset=utf-8", '"2"']
    assert "Valencia Airport was changed" in done.content.decode()
    again = browser.post(url, {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}, **HTML)
    assert [again.status_code, Airport.objects.get().version] == [409, 2]


def test_the_page_makes_a_new_airport(browser: Client) -> None:
    done = press(browser, creation_url())
    assert [done.status_code, done["Location"]] == [201, f"/airports/{Airport.objects.get().pk}"]


@pytest.mark.parametrize("language", ["es", "ru"])
def test_the_page_is_in_the_language_of_its_reader(browser: Client, asker: User, language: str) -> None:
    url = change_url(asker)
    pages = [browser.get(url, HTTP_ACCEPT_LANGUAGE=language, **HTML), press(browser, url), browser.get(url, **HTML)]
    with translation.override(language):
        said = [gettext("Nothing has been changed yet."), gettext("Change the airport")]
    assert [text in pages[0].content.decode() for text in said] == [True, True]
    assert [page.status_code for page in pages] == [200, 200, 409]


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
