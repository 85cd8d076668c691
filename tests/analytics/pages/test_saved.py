"""Views of the page: saved from it, opened again, and counted as its list has them."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict

from config.common.saved_views.models import SavedView
from config.common.saved_views.pages import page_called
from tests.analytics.counted import make
from tests.analytics.pages.asking import DEMAND, HTML, BrowserOf, text_of

pytestmark = pytest.mark.django_db
PAGE = "demand-page"


@pytest.mark.parametrize("role", ["Viewers", "Editors"])
def test_a_view_has_as_many_rows_as_its_list(browser_of: BrowserOf, role: str) -> None:
    make("a", {**DEMAND, ("Lviv", 3, "tv", "male"): (2, 9, 2), ("Odesa", 3, "tv", "male"): (4, 9, 2)})
    client = browser_of(role)
    actor = User.objects.get(username=role.lower())
    for query in ("", "channel=tv&channel=radio", "by=city", "city=Kyiv&min_residents=9", "city=Nowhere"):
        found = re.findall(r"\d+ to \d+ of (\d+) segment", text_of(client, f"?{query}"))
        assert page_called(PAGE).count(actor, QueryDict(query)) == (int(found[0]) if found else 0), query


def test_a_view_of_what_is_no_filter_any_more_has_no_number(browser_of: BrowserOf, counted: None) -> None:
    browser_of("Viewers")
    actor = User.objects.get(username="viewers")
    assert page_called(PAGE).count(actor, QueryDict("age_group=1-2")) is None


def test_what_is_shown_is_saved_from_the_page(browser_of: BrowserOf, counted: None) -> None:
    client = browser_of("Editors")
    page = text_of(client, "?channel=tv&channel=radio&measure=index&offset=25")
    [form] = re.findall(r'<form class="save" method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form[1])}
    answer = client.post(form[0], {**fields, "name": "Loud", "shared": "on"}, **HTML)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/analytics/?{fields['query']}")
    [view] = SavedView.objects.all()
    assert view.query == "channel=tv&channel=radio&measure=index"
    shown = text_of(browser_of("Viewers"))
    assert ("shared by editors" in shown, 'name="shared"' in shown, 'value="delete"' in shown) == (True, False, False)
