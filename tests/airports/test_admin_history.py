"""The history of an airport in the admin: read, brought back, also after it is gone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from airports.models import Airport
from airports.services.delete_airport import delete_airport
from airports.services.flag_airport import flag_airport
from airports.services.history import history_of
from airports.services.update_airport import update_airport
from config.common.accounts.services.tokens import issue_token
from tests.airports.builders import make_airport, make_valencia

pytestmark = pytest.mark.django_db
LIST = "/admin/airports/airport/"


def browser(role: str) -> Client:
    """A browser of somebody with this role."""
    client = Client()
    client.force_login(issue_token(username=role, role=role)[0].user)
    return client


def page_of(airport_id: int, number: int = 0) -> str:
    """Where the entry stands, the newest being 0."""
    return f"{LIST}{airport_id}/history/{history_of(airport_id=airport_id)[number].history_id}/"


def text_of(client: Client, path: str) -> str:
    """The page without its line breaks."""
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_each_change_says_what_it_changed(root: Client) -> None:
    airport = make_valencia()
    update_airport(airport_id=airport.pk, values={"altitude": 241.5}, actor=None, reason="measured")
    page = text_of(root, f"{LIST}{airport.pk}/history/")
    assert "Altitude</span>: 240 → 241.5" in page
    assert "measured" in page


def test_an_old_version_is_brought_back(root: Client) -> None:
    airport = make_valencia()
    update_airport(airport_id=airport.pk, values={"city": "Elsewhere"}, actor=None)
    old = page_of(airport.pk, 1)
    assert "Revert to this version" in text_of(root, old)
    assert "Revert to this version" not in text_of(root, page_of(airport.pk))
    answer = root.post(old, {"known_version": 2})
    assert answer.headers["Location"] == f"{LIST}{airport.pk}/change/"
    airport.refresh_from_db()
    assert [airport.city, airport.version] == ["Valencia", 3]


@pytest.mark.parametrize("known", ["1", "", "x", "9" * 30])
def test_a_revert_from_an_old_page_changes_nothing(root: Client, known: str) -> None:
    airport = make_valencia()
    update_airport(airport_id=airport.pk, values={"city": "Elsewhere"}, actor=None)
    answer = root.post(page_of(airport.pk, 1), {"known_version": known})
    assert answer.status_code == (302 if known == "1" else 404)
    assert Airport.objects.get().city == "Elsewhere"


def test_a_code_that_another_took_is_named(root: Client) -> None:
    airport = make_valencia()
    update_airport(airport_id=airport.pk, values={"iata": None}, actor=None)
    make_airport("Taker", iata="VLC")
    answer = root.post(page_of(airport.pk, 1), {"known_version": 2}, follow=True)
    assert [str(one) for one in answer.context["messages"]] == [
        "Another airport has this code. Nothing was stored. It is about: IATA."
    ]


def test_what_was_deleted_for_good_is_listed_read_and_made_again(root: Client) -> None:
    airport = make_valencia()
    gone = airport.pk
    delete_airport(airport_id=gone, actor=None)
    removed = root.get("/admin/airports/historicalairport/?q=valencia").context["cl"].result_list
    assert [entry.id for entry in removed] == [gone]
    assert "deleted for good" in text_of(root, f"{LIST}{gone}/history/")
    answer = root.post(page_of(gone))
    made = Airport.objects.get()
    assert [answer.headers["Location"], made.iata] == [f"{LIST}{made.pk}/change/", "VLC"]


def test_a_viewer_reads_and_brings_nothing_back() -> None:
    viewer, airport = browser("Viewers"), make_valencia()
    update_airport(airport_id=airport.pk, values={"city": "Elsewhere"}, actor=None)
    old = page_of(airport.pk, 1)
    assert "Revert" not in text_of(viewer, old)
    assert viewer.post(old, {"known_version": 2}).status_code == 403
    delete_airport(airport_id=airport.pk, actor=None)
    assert "Make this airport again" not in text_of(viewer, old)
    assert viewer.post(old).status_code == 403
    assert Airport.objects.count() == 0


def test_an_editor_does_not_see_the_history_of_a_flagged_airport() -> None:
    airport = make_valencia()
    flag_airport(airport_id=airport.pk, actor=None)
    editor = browser("Editors")
    pages = (f"{LIST}{airport.pk}/history/", page_of(airport.pk))
    assert [editor.get(page).status_code for page in pages] == [404, 404]


@pytest.mark.parametrize("path", ["0/history/", "x/history/", "1/history/x/", f"{10**30}/history/", "1/history/1/"])
def test_what_is_not_there_is_not_found(root: Client, path: str) -> None:
    assert root.get(LIST + path).status_code == 404


def test_as_many_queries_for_three_changes_as_for_one(
    root: Client, django_assert_num_queries: Callable[[int], Any]
) -> None:
    airport = make_valencia()
    path, first = f"{LIST}{airport.pk}/history/", page_of(airport.pk)
    root.get(path)
    for city in ("A", "B"):
        with django_assert_num_queries(6):
            root.get(path)
        with django_assert_num_queries(4):
            root.get(first)
        update_airport(airport_id=airport.pk, values={"city": city}, actor=None)
