"""What was corrected, on the pages of whom it is about, and behind the button "History"."""

from typing import Any

import pytest

from imports.fields import Patch
from imports.models import Citizen
from imports.services.residents.correct_resident import correct_resident
from tests.factories import people, relate
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import load

pytestmark = pytest.mark.django_db
PAGES = {"import": "/admin/imports/import/{}/", "citizen": "/admin/imports/citizen/{}/"}


def correct(import_id: int, citizen_id: int, **values: Any) -> None:
    correct_resident(import_id=import_id, citizen_id=citizen_id, patch=Patch(**values), actor=None)


def key(import_id: int, citizen_id: int) -> int:
    return Citizen.objects.get(delivery_id=import_id, citizen_id=citizen_id).pk


def said(import_id: int, citizen_id: int) -> list[str]:
    """What the page of the resident says was corrected, newest first."""
    page = browser(somebody("Managers")).get(f"{PAGES['citizen'].format(key(import_id, citizen_id))}change/")
    return ["; ".join(one["sentences"]) for one in page.context["corrections"]]


def test_a_relation_shows_on_the_other_side_when_it_begins_and_when_it_ends() -> None:
    import_id = load(people(3))
    correct(import_id, 1, relatives=[2])
    correct(import_id, 1, relatives=[2, 3], town="Kyiv")
    correct(import_id, 2, street="New 1")
    correct(import_id, 1, relatives=[3], friends=[2])
    one = "by a correction of resident 1"
    assert said(import_id, 2) == [
        f"named as friend {one}; no longer named as relative {one}",
        said(import_id, 2)[1],
        f"named as relative {one}",
    ]
    assert said(import_id, 2)[1].startswith("street: ")
    # Who was in the list before and after has nothing to do with a correction of it.
    assert said(import_id, 3) == [f"named as relative {one}"]
    assert said(import_id, 1)[-1] == "relatives: [] → [2]"


def test_another_import_says_nothing_here() -> None:
    import_id, other = load(people(2)), load(people(2))
    correct(other, 1, relatives=[2])
    assert said(import_id, 2) == []


def test_the_history_is_what_the_change_log_says_of_the_row() -> None:
    import_id, other = load(relate(people(2), "relatives", (1, 2))), load(people(2))
    for number, citizen_id in ((import_id, 1), (import_id, 2), (other, 1)):
        correct(number, citizen_id, town="Elsewhere")
    client = browser(somebody("Managers"))
    for page, expected in (
        (PAGES["citizen"].format(key(import_id, 1)), [(import_id, 1)]),
        (PAGES["import"].format(import_id), [(import_id, 2), (import_id, 1)]),
    ):
        assert f'href="{page}history/"' in text(client.get(f"{page}change/"))
        entries = client.get(f"{page}history/", follow=True).context["entries"]
        assert [resident for entry in entries for resident in entry.residents] == expected


def test_without_corrections_or_the_right_to_see_them_there_is_no_button() -> None:
    anna = somebody("Importers")
    import_id = load(people(1), actor=anna)
    manager = browser(somebody("Managers"))
    pages = [PAGES["citizen"].format(key(import_id, 1)), PAGES["import"].format(import_id)]
    for client in (manager, browser(anna)):
        for page in pages:
            assert "history/" not in text(client.get(f"{page}change/"))
            assert client.get(f"{page}history/").headers["Location"] == "../change/"
        correct(import_id, 1, town="Elsewhere")
    assert "history/" in text(manager.get(f"{pages[0]}change/"))
