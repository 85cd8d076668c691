"""The page of a resident with many relations: it opens, it can be saved, and it does not show a hundred thousand."""

import time
from typing import Any

import pytest
from django.test import Client

from config.common.privacy.models import ReadAudit
from imports.fields import Patch
from imports.models import Import
from imports.services.residents.correct_resident import correct_resident
from tests.factories import people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.admin.test_residents import address, save
from tests.imports.crowded import star, stored_star
from tests.imports.world import faults, load, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    return browser(somebody("Editors"))


def test_the_page_of_somebody_with_a_thousand_of_each_opens_within_a_second(editor: Client) -> None:
    url = address(load(star(1_000, 1_000)), 1)
    editor.get(url)
    # Of the processor: the machine may be busy with other tests.
    start = time.process_time()
    shown = text(editor.get(url))
    assert time.process_time() - start < 1
    assert shown.count(" selected>") >= 2_000


def test_the_form_of_somebody_with_a_thousand_of_each_can_be_saved(editor: Client) -> None:
    import_id = load(star(1_000, 1_000))
    save(editor, import_id, 1, relatives=[*range(3, 1_002)], friends=[2, *range(1_003, 2_002)])
    after = stored(import_id)
    assert (len(after[1]["relatives"]), len(after[1]["friends"]), after[1_002]["friends"]) == (999, 1_000, [])
    assert faults(import_id) == []


def test_the_form_refuses_one_more_on_either_side(editor: Client, settings: Any) -> None:
    settings.CITIZEN_MAX_RELATIVES = 2
    import_id = load([*star(2), *({**row, "citizen_id": 4} for row in people(1, name="Anna"))])
    before = stored(import_id)
    assert "At most 2 ids are allowed." in save(editor, import_id, 1, relatives=[2, 3, 4])
    name = before[1]["name"]
    shown = save(editor, import_id, 4, relatives=[1]).replace("&#x27;", "'")
    assert f"Nobody has more than 2 relatives, and so many has {name} (1)." in shown
    assert stored(import_id) == before


def test_of_a_hundred_thousand_relatives_the_page_shows_the_first(editor: Client) -> None:
    import_id = stored_star(100_000, 1)
    start = time.process_time()
    answer = editor.get(address(import_id, 1))
    assert time.process_time() - start < 5
    shown = text(answer)
    assert "100,000, among them" in shown
    assert ("Name 21 (21)</a>" in shown, "Name 22" in shown, f'href="{address(import_id, 21)}"' in shown) == (
        True,
        False,
        True,
    )
    assert len(answer.content) < 200_000
    # Whom the page names, and nobody else, was seen: the first twenty, and the friend.
    assert ReadAudit.objects.filter(import_id=import_id).count() == 1 + 20 + 1


def test_other_fields_of_such_a_resident_are_corrected_on_the_page(editor: Client) -> None:
    import_id = stored_star(1_500, 1)
    save(editor, import_id, 1, relatives="", town="Elsewhere", friends="")
    after = stored(import_id)[1]
    assert (after["town"], len(after["relatives"]), after["friends"]) == ("Elsewhere", 1_500, [])


def test_who_may_only_look_sees_no_more_of_a_long_list() -> None:
    anna = somebody("Importers")
    import_id = stored_star(1_500)
    Import.objects.filter(pk=import_id).update(created_by=anna)
    shown = text(browser(anna).get(address(import_id, 1)))
    assert ("1,500, among them" in shown, "Name 22" in shown, "1499" in shown) == (True, False, False)


def test_the_history_of_a_long_list_is_its_beginning(editor: Client) -> None:
    import_id = load(star(30))
    correct_resident(import_id=import_id, citizen_id=1, patch=Patch(relatives=[2, 3]), actor=None)
    said = editor.get(address(import_id, 1)).context["corrections"][0]["sentences"]
    beginning = ", ".join(map(str, range(2, 22)))
    assert said == [f"relatives: [{beginning}, … 30 in all] → [2, 3]"]
