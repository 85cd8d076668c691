"""The buttons on the page of the demand, and forms that nobody has."""

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from analytics.models import TownAlias
from analytics.pages import forms
from tests.analytics.pages.asking import HTML, KYIV, PAGE, BrowserOf, cells, press, text_of
from tests.common.helpers import one_import, problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("sent", "message"), [(True, "being counted again"), (False, "No worker can be reached")])
def test_the_button_asks_for_a_refresh(
    browser_of: BrowserOf, counted: None, monkeypatch: pytest.MonkeyPatch, sent: bool, message: str
) -> None:
    asked: list[str] = []

    def request_refresh(*, actor: User) -> bool:
        asked.append(actor.username)
        return sent

    monkeypatch.setattr(forms, "request_refresh", request_refresh)
    one_import()
    client = browser_of("Editors")
    answer = press(client, {"action": "refresh"}, "?channel=tv")
    assert (answer.status_code, answer.headers["Location"], asked) == (303, "/analytics/?channel=tv", ["editors"])
    assert (message in text_of(client), message in text_of(client)) == (True, False)


def test_a_town_is_settled_by_a_button_and_taken_back_by_another(browser_of: BrowserOf, counted: None) -> None:
    client = browser_of("Editors")
    assert f'name="geoname_id" value="{KYIV}"' in text_of(client)
    answer = press(client, {"action": "place", "town": "Xyzzy", "geoname_id": KYIV})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/analytics/#unplaced")
    alias = TownAlias.objects.get()
    assert (alias.town, alias.geoname_id, alias.created_by and alias.created_by.username) == ("Xyzzy", KYIV, "editors")
    page = text_of(client)
    assert ("Xyzzy is Kyiv, UA from now on" in page, [row[0] for row in cells(page, "map")]) == (
        True,
        ["Kyiv", "Xyzzy"],
    )
    press(client, {"action": "undo", "town": "Xyzzy"})
    assert [row[0] for row in cells(text_of(client), "map")] == ["Kyiv"]
    assert press(client, {"action": "undo", "town": "Xyzzy"}).status_code == 303
    assert "This town has no alias" in text_of(client)


def test_who_may_not_place_towns_sees_no_buttons_and_is_refused(browser_of: BrowserOf, counted: None) -> None:
    client = browser_of("Viewers")
    page = text_of(client)
    assert ("Xyzzy" in page, 'value="place"' in page) == (True, False)
    assert press(client, {"action": "place", "town": "Xyzzy", "geoname_id": KYIV}).status_code == 403
    assert TownAlias.objects.count() == 0


def test_a_form_of_another_site_is_refused(browser_of: BrowserOf, counted: None) -> None:
    answer = browser_of("Managers").post(PAGE, "action=refresh", content_type=forms.FORM, **HTML)
    assert (answer.status_code, b"You may not see or do this" in answer.content) == (403, True)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ("", ["/action"]), ("action=burn", ["/action"]), ("action=place", ["/town", "/geoname_id"]),
        ("action=undo&town=a%00b", ["/town"]), ("action=place&town=a&geoname_id=1" + "0" * 30, ["/geoname_id"]),
        ("action=refresh&more=%ff", ["/more"]), ("action=place&town=x&geoname_id=1", ["/geoname_id"]),
    ],
)  # fmt: skip
def test_forms_that_are_wrong_are_400_and_name_each_field(manager: APIClient, body: str, pointers: list[str]) -> None:
    answer = manager.generic("POST", PAGE, body, content_type=forms.FORM)
    assert [error["pointer"] for error in problem(answer)["errors"]] == pointers
