"""Undoing in the admin: a link at each correction and renaming, a page that asks, and what it says."""

import re

import pytest
from django.contrib.auth.models import User

from config.common.privacy.models import ReadAudit
from imports.fields import Patch
from imports.models import Citizen, Correction, Rename
from imports.services.residents.correct_resident import correct_resident
from imports.services.residents.rename_value import ask_rename
from tests.factories import people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import load, stored

pytestmark = pytest.mark.django_db
LINK = re.compile(r'href="(/admin/imports/(?:citizen/undo|import/undo-rename)/\d+/)"')


@pytest.fixture
def editor() -> User:
    return somebody("Editors", "Eva")


def corrected(actor: User | None = None) -> tuple[int, str]:
    """A delivery whose first resident was moved, and the address of that resident's page."""
    import_id = load([people(1)[0] | {"town": "Kiev"}])
    correct_resident(import_id=import_id, citizen_id=1, patch=Patch(town="Kyiv"), actor=actor)
    return import_id, f"/admin/imports/citizen/{Citizen.objects.get().pk}/change/"


def test_a_correction_is_undone_from_the_page_of_its_resident(editor: User) -> None:
    import_id, page = corrected()
    client = browser(editor)
    [link] = LINK.findall(text(client.get(page)))
    assert "town</span>: Kyiv → Kiev" in text(client.get(link))
    assert ReadAudit.objects.filter(import_id=import_id, citizen_id=1, username="Eva").count() >= 2
    answer = client.post(link, follow=True)
    assert (answer.request["PATH_INFO"], stored(import_id)[1]["town"]) == (page, "Kiev")
    links = LINK.findall(text(answer))
    # What takes it back can be taken back, and so on.
    client.post(links[0])
    assert (len(links), stored(import_id)[1]["town"]) == (2, "Kyiv")
    assert "takes an earlier one back" in text(answer)


def test_the_page_says_what_it_is_now_and_who_changed_it_and_has_no_button(editor: User) -> None:
    import_id, _ = corrected()
    first = Correction.objects.get()
    correct_resident(import_id=import_id, citizen_id=1, patch=Patch(town="Lviv"), actor=editor)
    client = browser(editor)
    link = f"/admin/imports/citizen/undo/{first.pk}/"
    page = text(client.get(link))
    assert ("it is Lviv now, changed by Eva on" in page, '<form method="post" class' in page) == (True, False)
    assert client.post(link, follow=True).request["PATH_INFO"] == link
    assert stored(import_id)[1]["town"] == "Lviv"


def test_a_renaming_is_undone_from_the_page_of_its_delivery(editor: User) -> None:
    import_id = load([one | {"town": "Kiev"} for one in people(2)])
    ask_rename(import_id=import_id, field="town", before="Kiev", after="Kyiv", actor=editor)
    correct_resident(import_id=import_id, citizen_id=2, patch=Patch(town="Lviv"), actor=editor)
    client = browser(editor)
    [link] = LINK.findall(text(client.get(f"/admin/imports/import/{import_id}/change/")))
    page = text(client.get(link))
    assert ("1 resident: Kyiv → Kiev" in page, ": Lviv · Eva," in page) == (True, True)
    answer = client.post(link, follow=True)
    assert "1 resident is called Kiev again" in text(answer)
    assert [row["town"] for row in stored(import_id).values()] == ["Kiev", "Lviv"]
    assert Rename.objects.latest("pk").undoes == Rename.objects.earliest("pk").pk
    # Nobody of the first is called so any more.
    assert "Nothing was undone" in text(client.post(link, follow=True))


@pytest.mark.parametrize("role", ["Viewers", "Importers"])
def test_whoever_may_not_correct_finds_no_way_to_undo(role: str) -> None:
    user = somebody(role)
    import_id = load([one | {"town": "Kiev"} for one in people(1)], actor=user)
    manager = somebody("Managers")
    rename = ask_rename(import_id=import_id, field="town", before="Kiev", after="Kyiv", actor=manager)
    links = (
        f"/admin/imports/citizen/undo/{Correction.objects.get().pk}/",
        f"/admin/imports/import/undo-rename/{rename.pk}/",
    )
    client = browser(user)
    pages = (f"/admin/imports/citizen/{Citizen.objects.get().pk}/change/", f"/admin/imports/import/{import_id}/change/")
    assert [LINK.findall(text(client.get(page))) for page in pages] == [[], []]
    assert [client.get(link).status_code for link in links] == [403, 403]
    assert [client.post(link).status_code for link in links] == [403, 403]
    assert stored(import_id)[1]["town"] == "Kyiv"
