"""The buttons on the page of the demand, and forms that nobody has."""

import re

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from analytics.models import TownAlias
from analytics.pages import forms
from tests.analytics.browsers import browser_of
from tests.analytics.pages.asking import HTML, KYIV, PAGE, press, text_of
from tests.common.helpers import one_import, problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("sent", "message"), [(True, "being counted again"), (False, "No worker can be reached")])
def test_the_button_asks_for_a_refresh(
    counted: None, monkeypatch: pytest.MonkeyPatch, sent: bool, message: str
) -> None:
    asked: list[str] = []

    def request_refresh(*, actor: User) -> bool:
        asked.append(actor.username)
        return sent

    monkeypatch.setattr(forms, "request_refresh", request_refresh)
    one_import()
    client = browser_of("Editors", enforce_csrf_checks=True)
    answer = press(client, {"action": "refresh"}, "?channel=tv")
    assert (answer.status_code, answer.headers["Location"], asked) == (303, "/analytics/?channel=tv", ["editors"])
    assert (message in text_of(client), message in text_of(client)) == (True, False)


def test_a_town_is_settled_by_the_admins_button_which_leads_back(counted: None) -> None:
    client = browser_of("Editors", enforce_csrf_checks=True)
    [form] = re.findall(
        r'<form method="post" action="(/admin/analytics/[^"]+)">(.*?)</form>', text_of(client), re.DOTALL
    )
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))
    assert fields.pop("csrfmiddlewaretoken")
    assert fields == {"town": "Xyzzy", "back": "demand", "geoname_id": str(KYIV)}
    assert 'name="geoname_id"' not in text_of(browser_of("Viewers"))


def test_a_form_of_another_site_is_refused(counted: None) -> None:
    answer = browser_of("Managers", enforce_csrf_checks=True).post(
        PAGE, "action=refresh", content_type=forms.FORM, **HTML
    )
    assert (answer.status_code, b"You may not see or do this" in answer.content) == (403, True)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ("", ["/action"]), ("action=burn", ["/action"]), ("action=place&town=a", ["/town", "/action"]),
        ("action=refresh&more=%ff", ["/more"]),
    ],
)  # fmt: skip
def test_forms_that_are_wrong_are_400_and_name_each_field(manager: APIClient, body: str, pointers: list[str]) -> None:
    answer = manager.generic("POST", PAGE, body, content_type=forms.FORM)
    assert [error["pointer"] for error in problem(answer)["errors"]] == pointers
    assert TownAlias.objects.count() == 0
