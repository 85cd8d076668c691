"""Residents in the admin: who sees whom, how they are found, and what correcting one does."""

from collections.abc import Callable
from html import escape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from imports.fields import Patch
from imports.models import Citizen, Correction, Import
from imports.services.residents.correct_resident import correct_resident
from imports.services.residents.find_in_delivery import AT_MOST
from tests.factories import alike, people, relate
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import faults, load, stored

pytestmark = pytest.mark.django_db
LIST = "/admin/imports/citizen/"


@pytest.fixture
def editor() -> User:
    return somebody("Editors")


def rows(client: Client, import_id: int, **asked: Any) -> list[int]:
    """The ids on the first page."""
    answer = client.get(LIST, {"delivery__id__exact": import_id, **asked})
    assert answer.status_code == 200
    return [row.citizen_id for row in answer.context["cl"].result_list]


def form_of(import_id: int, citizen_id: int) -> dict[str, Any]:
    """What a browser sends of an unchanged form."""
    return stored(import_id)[citizen_id]


def address(import_id: int, citizen_id: int) -> str:
    return f"{LIST}{Citizen.objects.get(delivery_id=import_id, citizen_id=citizen_id).pk}/change/"


def save(client: Client, import_id: int, citizen_id: int, **changed: Any) -> str:
    """What the page says after the form was opened, changed and sent."""
    url = address(import_id, citizen_id)
    known = client.get(url).context["adminform"].form["known_version"].value()
    form = {**form_of(import_id, citizen_id), "known_version": known, "_continue": "1", **changed}
    form = {name: value for name, value in form.items() if value != ""}
    answer = client.post(url, form, follow=True)
    assert answer.status_code == 200
    return text(answer)


def test_without_an_import_there_is_a_choice_and_nobody(editor: User) -> None:
    import_id = load(people(2))
    answer = browser(editor).get(LIST)
    shown = text(answer)
    assert (list(answer.context["cl"].result_list), f"exact={import_id}" in shown) == ([], True)
    assert ("Choose a delivery" in shown, "Number of the delivery" in shown) == (True, True)
    assert ("Create a new item" in shown, "whose residents you may see" in shown) == (False, False)


@pytest.mark.parametrize("asked", ["99999999", "no number", "<b>"])
def test_an_import_that_is_not_there_is_named_beside_the_choice(editor: User, asked: str) -> None:
    load(people(1))
    shown = text(browser(editor).get(LIST, {"delivery__id__exact": asked}))
    assert f"There is no complete delivery {escape(asked)} whose residents you may see." in shown


def test_whoever_finds_nobody_is_led_back_to_everybody(editor: User) -> None:
    import_id = load(people(1))
    shown = text(browser(editor).get(f"{LIST}?delivery__id__exact={import_id}&who=nobody"))
    assert ("Nobody in this delivery is as you ask." in shown, "Create a new item" in shown) == (True, False)


@pytest.mark.parametrize("page", ["9999", "-1"])
def test_a_page_beyond_the_last_leads_to_the_first_of_the_same_import(editor: User, page: str) -> None:
    import_id = load(people(2, town="Kyiv"))
    asked: dict[str, Any] = {"delivery__id__exact": import_id, "town": "Ky", "p": page}
    answer = browser(editor).get(LIST, asked, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?delivery__id__exact={import_id}&town=Ky", 302)]
    assert [row.citizen_id for row in answer.context["cl"].result_list] == [1, 2]
    assert "There is no such page" in text(answer)


def test_importers_see_the_residents_of_their_own_imports_alone() -> None:
    anna = somebody("Importers")
    own, other = load(people(2), actor=anna), load(people(2))
    client = browser(anna)
    assert [rows(client, import_id) for import_id in (own, other)] == [[1, 2], []]
    assert [client.get(address(import_id, 1)).status_code for import_id in (own, other)] == [200, 302]
    assert client.post(address(own, 1), {"name": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"who": "an"}, [1, 3]),
        ({"who": "AN"}, [3, 1]),
        ({"who": "ánt"}, [3]),
        ({"town": "kýiv"}, [1, 2]),
        ({"who": " 2 "}, [2]),
        ({"who": "9" * 25}, []),
        ({"who": "an\0"}, [1, 3]),
        ({"town": "Ky"}, [1, 2]),
        ({"town": "kYI"}, [1, 2]),
        ({"channel": "РАДИО"}, [3]),
        ({"channel": "рад"}, [3]),
        ({"channel": ["poster", "рад"]}, [1, 2, 3]),
        ({"town": "yi, viv"}, [1, 2, 3]),
        ({"town": "%"}, []),
        ({"channel": "радио"}, [3]),
        ({"town": "Ky", "who": "AN"}, [1]),
        ({}, [1, 2, 3]),
    ],
)
def test_residents_are_found_by_name_id_town_and_channel(editor: User, asked: Any, found: list[int]) -> None:
    one, two, three = people(3, town="Kyiv", channel="poster")
    one["name"], two["name"], three["name"] = "Anna", "Boris", "ANTON"
    three |= {"town": "Lviv", "channel": "Радио"}
    assert rows(browser(editor), load([one, two, three]), **asked) == found


def test_a_list_makes_as_many_queries_for_three_rows_as_for_one(
    editor: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client = browser(editor)
    for count in (1, 3):
        import_id = load(people(count, name="Anna"))
        # The session, the user and its permissions, the saved views, the delivery, the page, and whom it shows, which
        # is written down.
        with django_assert_num_queries(6):
            rows(client, import_id)
        # The statement that looks gives keys; the page reads its rows by them.
        with django_assert_num_queries(7):
            rows(client, import_id, who="a")


def test_what_is_found_ends_somewhere_and_says_so(editor: User) -> None:
    import_id = load(alike(AT_MOST + 1))
    asked = {"delivery__id__exact": import_id, "town": people(1)[0]["town"], "p": AT_MOST // 25}
    answer = browser(editor).get(LIST, asked)
    assert (answer.context["cl"].result_count, len(answer.context["cl"].result_list)) == (AT_MOST, 25)
    assert "say more exactly" in text(answer)
    assert browser(editor).get(LIST, {**asked, "p": AT_MOST}).status_code == 302


def test_a_new_friend_shows_on_both_sides_and_the_page_says_so(editor: User) -> None:
    import_id = load(relate(people(3), "relatives", (1, 2)))
    names = {number: row["name"] for number, row in stored(import_id).items()}
    shown = save(browser(editor), import_id, 1, relatives=[], friends=[3])
    assert f"{names[3]} (3) is now a friend of {names[1]} (1)." in shown.replace("&#x27;", "'")
    assert f"{names[2]} (2) is no longer a relative of {names[1]} (1)." in shown.replace("&#x27;", "'")
    after = stored(import_id)
    assert ([after[i]["relatives"] for i in (1, 2, 3)], [after[i]["friends"] for i in (1, 2, 3)]) == (
        [[], [], []],
        [[3], [], [1]],
    )
    assert (faults(import_id), Correction.objects.get().corrected_by) == ([], editor)
    # The history stands on the page.
    assert "friends: [] → [3]" in shown
    assert "was changed successfully" in shown


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"town": "--"}, "At least one letter or digit is expected."),
        ({"birth_date": "31.02.1990"}, "A real date written DD.MM.YYYY is expected."),
        ({"friends": [99]}, "Not in this delivery: 99."),
        ({"friends": [2], "relatives": [2]}, "This resident stands in relatives too."),
        ({"apartment": "9" * 25}, "Ensure this value is less than or equal to"),
    ],
)
def test_what_the_api_refuses_the_form_refuses(editor: User, changed: Any, sentence: str) -> None:
    import_id = load(people(2))
    before = stored(import_id)
    assert sentence in save(browser(editor), import_id, 1, **changed)
    assert (stored(import_id), Correction.objects.count()) == (before, 0)


def test_nothing_is_saved_over_somebody_elses_change(editor: User) -> None:
    import_id = load(people(1))
    client, url = browser(editor), address(import_id, 1)
    known = client.get(url).context["adminform"].form["known_version"].value()
    form = {**form_of(import_id, 1), "known_version": known, "town": "Mine"}
    correct_resident(import_id=import_id, citizen_id=1, patch=Patch(street="Theirs 1"), actor=None)
    assert "Somebody has changed this resident" in text(client.post(url, form))
    assert (stored(import_id)[1]["street"], Correction.objects.count()) == ("Theirs 1", 1)


def test_the_form_sends_whoever_is_chosen_by_id(editor: User) -> None:
    import_id = load(relate(people(2), "relatives", (1, 2)))
    assert '<option value="2" selected>' in text(browser(editor).get(address(import_id, 1)))


def test_an_unchanged_form_writes_no_correction(editor: User) -> None:
    import_id = load(relate(people(2), "relatives", (1, 2)))
    for button in ("_continue", "_save"):
        shown = save(browser(editor), import_id, 1, **{"_continue": "", button: "1"})
        assert ("Nothing was changed" in shown, "changed successfully" in shown) == (True, False)
    assert (Correction.objects.count(), Import.objects.get().revision) == (0, 0)


def test_suggestions_are_of_the_import_for_whoever_may_correct(editor: User) -> None:
    import_id, other = load(people(2, name="Olena")), load(people(2, name="Olha"))
    url = f"/admin/imports/citizen/suggest/{import_id}/"
    found = browser(editor).get(url, {"term": "ol"}).json()["results"]
    assert [row["id"] for row in found] == ["1", "2"]
    assert all(row["text"].startswith("Olena (") for row in found)
    refused = [browser(somebody(role)).get(url).status_code for role in ("Viewers", "Importers")]
    assert (refused, browser(editor).get(f"/admin/imports/citizen/suggest/{other + 99}/").status_code) == (
        [403, 403],
        403,
    )
