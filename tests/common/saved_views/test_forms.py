"""The forms of saved views: what a browser sends, and where it is led."""

from typing import Any

import pytest
from django.contrib.messages import get_messages

from config.common.saved_views.models import SavedView
from config.common.saved_views.pages import Page
from tests.imports.admin.people import browser, somebody

pytestmark = pytest.mark.django_db
FORM = "/admin/views/"
LIST = "/admin/auth/user/"


def said(answer: Any) -> list[str]:
    """The messages for the next page."""
    return [str(one) for one in get_messages(answer.wsgi_request)]


def test_a_form_saves_shares_and_pins_and_leads_to_the_view(page: Page) -> None:
    editor = somebody("Editors")
    # The number of the page belongs to nobody's view.
    sent = {"page": page.name, "name": "ours", "query": "q=a&p=3", "shared": "on", "pinned": "on"}
    answer = browser(editor).post(FORM, sent)
    assert (answer.status_code, answer["Location"]) == (303, f"{LIST}?q=a")
    view = SavedView.objects.get()
    assert (view.query, view.is_shared, list(view.pinned_by.all())) == ("q=a", True, [editor])


def test_a_refusal_is_said_and_changes_nothing(page: Page) -> None:
    answer = browser(somebody("Viewers")).post(
        FORM, {"page": page.name, "name": "ours", "query": "q=a", "shared": "on"}
    )
    assert (answer.status_code, said(answer)) == (303, ["Your role does not share views."])
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"action": "rename", "name": "new"}, "The view has its new name."),
        ({"action": "share"}, "Whoever may open this page sees the view."),
        ({"action": "unshare"}, "Only you see the view."),
        ({"action": "pin"}, "The view is on your dashboard."),
        ({"action": "unpin"}, "The view is no longer on your dashboard."),
        ({"action": "delete"}, "The view is deleted."),
    ],
)
def test_each_action_is_done_and_leads_back_to_the_list(page: Page, sent: dict[str, str], sentence: str) -> None:
    editor = somebody("Editors")
    view = SavedView.objects.create(page=page.name, name="old", query="q=a", owner=editor)
    answer = browser(editor).post(f"{FORM}{view.pk}/", {**sent, "query": "q=b&p=2&next=//evil"})
    assert (answer.status_code, answer["Location"], said(answer)) == (303, f"{LIST}?q=b", [sentence])
    back = browser(editor).post(f"{FORM}{view.pk}/", {**sent, "back": "dashboard"})
    gone = sent["action"] == "delete"
    assert (back.status_code, back.headers.get("Location")) == ((404, None) if gone else (303, "/admin/"))


def test_what_is_no_action_no_view_and_no_page_is_not_found(page: Page) -> None:
    editor = somebody("Editors")
    view = SavedView.objects.create(page=page.name, name="old", owner=editor)
    client = browser(editor)
    sent: list[tuple[str, dict[str, str]]] = [
        (f"{FORM}{view.pk}/", {"action": "bogus"}),
        (f"{FORM}{view.pk + 1}/", {"action": "pin"}),
        (FORM, {"page": "home", "name": "x"}),
    ]
    assert [client.post(path, form).status_code for path, form in sent] == [404, 404, 404]
