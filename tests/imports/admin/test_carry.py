"""The page that carries corrections of the delivery before forward."""

import pytest

from config.common.privacy.models import ReadAudit
from imports.models import Correction
from imports.services.residents.correct_resident import correct_resident
from tests.factories import people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import load, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def replacing() -> int:
    """A delivery of two, of whom one came as before and one otherwise; the one before was corrected."""
    before = people(2, town="Kiev")
    first = load(before)
    for citizen_id in (1, 2):
        correct_resident(import_id=first, citizen_id=citizen_id, patch={"town": "Kyiv"}, actor=None)
    return load([before[0], {**before[1], "town": "Lviv <b>"}])


def address(import_id: int, page: str = "carry") -> str:
    return f"/admin/imports/import/{import_id}/{page}/"


def test_it_is_offered_shown_and_done_with_a_click(replacing: int) -> None:
    editor = somebody("Editors")
    client = browser(editor)
    assert address(replacing) in client.get(address(replacing, "change")).content.decode()
    shown = text(client.get(address(replacing)))
    assert "Resident 2 · town: came as Lviv &lt;b&gt;, was corrected to Kyiv" in shown
    assert "Resident 1 · town: Kiev → Kyiv" in shown
    assert set(ReadAudit.objects.values_list("import_id", "citizen_id")) >= {(replacing, 1), (replacing, 2)}
    assert stored(replacing)[1]["town"] == "Kiev"
    done = text(client.post(address(replacing), follow=True))
    assert ("Carried forward: town 1." in done, "Left as they came: town 1." in done) == (True, True)
    assert [one["town"] for one in stored(replacing).values()] == ["Kyiv", "Lviv <b>"]
    assert Correction.objects.get(delivery_id=replacing).corrected_by == editor
    assert "Carry them forward" not in text(client.get(address(replacing)))


def test_where_nothing_was_corrected_it_is_not_offered() -> None:
    client, only = browser(somebody("Editors")), load(people(1))
    assert address(only) not in client.get(address(only, "change")).content.decode()
    assert "It replaces no other delivery" in text(client.get(address(only)))


@pytest.mark.parametrize("role", ["Viewers", "Importers"])
def test_it_is_for_those_who_may_correct(replacing: int, role: str) -> None:
    client = browser(somebody(role))
    assert [client.get(address(replacing)).status_code, client.post(address(replacing)).status_code] == [403, 403]
    assert stored(replacing)[1]["town"] == "Kiev"
