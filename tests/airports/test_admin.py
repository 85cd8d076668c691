"""Airports in the admin."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import escape

from airports.fields import NAMES
from airports.models import Airport
from airports.services.flag_airport import flag_airport
from airports.services.history import history_of
from airports.services.update_airport import update_airport
from config.common.accounts.services.tokens import issue_token
from tests.airports.builders import VALENCIA, make_airport, make_valencia

pytestmark = pytest.mark.django_db

LIST = "/admin/airports/airport/"


def form_of(airport: Airport, **changes: object) -> dict[str, object]:
    """What a browser sends for the form of this airport."""
    values = {name: getattr(airport, name) for name in NAMES} | {"known_version": airport.version} | changes
    return {name: "" if value is None else value for name, value in values.items()}


def reported(client: Client, path: str) -> list[str]:
    """The messages that the next page shows."""
    return [str(message) for message in client.get(path).context["messages"]]


@pytest.mark.parametrize("path", ["", "?q=valencia", "?is_deleted__exact=1", "add/"])
def test_pages_open(root: Client, path: str) -> None:
    make_valencia()
    assert root.get(LIST + path).status_code == 200


def test_an_airport_is_made_by_the_service(root: Client, superuser: User) -> None:
    answer = root.post(f"{LIST}add/", {name: VALENCIA[name] for name in NAMES} | {"iata": "vlc"})
    assert answer.status_code == 302
    made = Airport.objects.get()
    assert [made.iata, made.version] == ["VLC", 1]
    assert [entry.history_user for entry in history_of(airport_id=made.pk)] == [superuser]


def test_a_change_is_recorded_with_who_made_it(root: Client, superuser: User) -> None:
    airport = make_valencia()
    assert root.post(f"{LIST}{airport.pk}/change/", form_of(airport, city="")).status_code == 302
    airport.refresh_from_db()
    assert [airport.city, airport.version] == [None, 2]
    newest = history_of(airport_id=airport.pk)[0]
    assert [newest.history_user, newest.history_type] == [superuser, "~"]


def test_two_people_do_not_overwrite_each_other(root: Client) -> None:
    airport = make_valencia()
    mine = form_of(airport, city="Mine")
    update_airport(airport_id=airport.pk, values={"city": "Theirs"}, actor=None)
    answer = root.post(f"{LIST}{airport.pk}/change/", mine)
    assert answer.status_code == 200
    assert [error.code for error in answer.context["adminform"].form.errors.as_data()["__all__"]] == ["stale"]
    assert Airport.objects.get().city == "Theirs"


def test_a_value_that_breaks_a_rule_is_refused_at_its_field(root: Client) -> None:
    airport = make_valencia()
    answer = root.post(f"{LIST}{airport.pk}/change/", form_of(airport, tz="Mars/Olympus", iata="?"))
    assert sorted(answer.context["adminform"].form.errors) == ["iata", "tz"]


def test_a_code_of_another_airport_is_refused(root: Client) -> None:
    make_valencia()
    other = make_airport("Other")
    answer = root.post(f"{LIST}{other.pk}/change/", form_of(other, iata="VLC"))
    errors = answer.context["adminform"].form.errors.as_data()
    assert {name: [error.code for error in found] for name, found in errors.items()} == {"iata": ["duplicate_code"]}
    assert Airport.objects.get(pk=other.pk).iata is None


def test_deleting_sets_the_flag(root: Client) -> None:
    airport = make_valencia()
    assert root.post(f"{LIST}{airport.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Airport.objects.get().is_deleted


def test_actions_say_how_many_they_changed(root: Client) -> None:
    kept, gone = make_airport("Kept"), make_airport("Gone")
    flag_airport(airport_id=gone.pk, actor=None)
    chosen = {"_selected_action": [kept.pk, gone.pk]}
    root.post(LIST, chosen | {"action": "flag_selected"})
    assert reported(root, LIST) == [
        "1 flagged as deleted.",
        "1 left alone: It is flagged as deleted already. Gone",
    ]
    root.post(LIST, {"_selected_action": [kept.pk], "action": "restore_selected"})
    assert reported(root, LIST) == ["1 restored."]
    page = root.post(LIST, chosen | {"action": "delete_selected_for_good"})
    assert [page.context["going"], page.context["staying"], Airport.objects.count()] == [1, 1, 2]
    root.post(LIST, chosen | {"action": "delete_selected_for_good", "confirmed": "yes"})
    assert reported(root, LIST) == ["1 deleted for good, 1 left alone."]
    assert [airport.name for airport in Airport.objects.all()] == ["Kept"]


def test_the_list_marks_what_is_flagged_and_nothing_else(root: Client) -> None:
    make_airport("Healthy")
    flag_airport(airport_id=make_airport("Flagged").pk, actor=None)
    rows = root.get(LIST).content.decode().split("<tr")
    healthy, flagged = (next(row for row in rows if f">{name}</a>" in row) for name in ("Healthy", "Flagged"))
    assert [("close_small" in row, "bg-red-100" in row) for row in (healthy, flagged)] == [
        (False, False),
        (False, True),
    ]


def test_restoring_from_its_page_leads_back_to_the_airport_with_the_filters_of_the_list(root: Client) -> None:
    airport = make_valencia()
    flag_airport(airport_id=airport.pk, actor=None)
    filters = "is_deleted__exact=1&q=valencia"
    page = f"{LIST}{airport.pk}/change/?{urlencode({'_changelist_filters': filters})}"
    html = root.get(page).content.decode()
    assert f'name="_changelist_filters" value="{escape(filters)}"' in html
    form = {"action": "restore_selected", "_selected_action": airport.pk, "_changelist_filters": filters}
    answer = root.post(LIST, form)
    assert (answer.headers["Location"], Airport.objects.get().is_deleted) == (page, False)
    assert f"{LIST}?{escape(filters)}" in root.get(page).content.decode()


def test_restoring_in_the_list_keeps_its_filters(root: Client) -> None:
    airport = make_valencia()
    flag_airport(airport_id=airport.pk, actor=None)
    listing = f"{LIST}?is_deleted__exact=1&q=valencia"
    answer = root.post(listing, {"action": "restore_selected", "_selected_action": airport.pk})
    assert answer.headers["Location"] == listing


def test_flagging_leads_back_to_the_list_as_it_was(root: Client) -> None:
    airport = make_valencia()
    filters = urlencode({"_changelist_filters": "q=valencia"})
    answer = root.post(f"{LIST}{airport.pk}/delete/?{filters}", {"post": "yes"})
    assert answer.headers["Location"] == f"{LIST}?q=valencia"


def test_the_way_back_from_deleting_for_good_keeps_the_filters(root: Client) -> None:
    airport = make_valencia()
    page = root.post(f"{LIST}?q=v&o=1", {"action": "delete_selected_for_good", "_selected_action": airport.pk})
    assert f'href="{LIST}?q=v&amp;o=1"' in page.content.decode()


def test_an_editor_does_not_see_flagged_airports_nor_the_actions(client: Client) -> None:
    token, _ = issue_token(username="editor", role="Editors")
    client.force_login(token.user)
    flagged, kept = make_airport("Flagged"), make_airport("Kept")
    flag_airport(airport_id=flagged.pk, actor=None)
    page = client.get(LIST)
    assert [airport.name for airport in page.context["cl"].result_list] == ["Kept"]
    assert [client.get(f"{LIST}{kept.pk}/{step}/").status_code for step in ("change", "delete")] == [200, 403]
    actions = [name for name, _label in page.context["action_form"].fields["action"].choices if name]
    assert actions == ["export_csv", "export_xlsx"]
