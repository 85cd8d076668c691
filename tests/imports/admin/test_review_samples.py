"""Samples of what a delivery that waits for approval would change, on its page."""

import re

import pytest
from django.test import Client

from config.common.privacy.models import ReadAudit
from imports.models import Citizen, Import
from imports.services.loading.load_received import load_received
from tests.factories import people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import body_of, load, received

pytestmark = pytest.mark.django_db(transaction=True)


def page(client: Client, import_id: int) -> str:
    """The source of a delivery's page."""
    return text(client.get(f"/admin/imports/import/{import_id}/change/"))


def waiting() -> tuple[int, int]:
    """A delivery of eight that stay, of whom seven move, and one that is new; and the last one, of whom one is gone."""
    before = people(9, town="Kiev", channel="radio")
    last = load(before)
    after = [*before[:1], *({**one, "town": "Kyiv <b>"} for one in before[1:8])]
    after += [{**before[0], "citizen_id": 99, "name": "Nina"}]
    import_id = received(body_of(after), review=True)
    load_received(import_id=import_id)
    return import_id, last


def test_up_to_five_of_each_kind_lead_to_the_residents_that_are_stored() -> None:
    import_id, last = waiting()
    html = page(browser(somebody("Managers")), import_id)
    pages = {row.citizen_id: f"/admin/imports/citizen/{row.pk}/change/" for row in Citizen.objects.of(last)}
    links = [number for number, href in pages.items() if f'href="{href}">Resident {number}</a>' in html]
    assert links == [2, 3, 4, 5, 6, 9]
    assert html.count("town: Kiev → Kyiv &lt;b&gt;") == 5
    said = ("Gone: 1 of 1", "Changed: 5 of 7", "New: 1 of 1", "Resident 99 · Nina · Kiev · radio")
    assert [sentence for sentence in said if sentence not in html] == []
    assert re.findall(r"<dt>(\w+)</dt>", html) == ["Format", "Residents", "Towns", "Channels", "New", "Changed", "Gone"]
    assert f'href="/admin/imports/import/{last}/change/">delivery {last}</a>' in html


def test_a_field_that_changes_is_called_as_people_call_it() -> None:
    before = people(2, birth_date="01.02.1990")
    load(before)
    import_id = received(body_of([{**one, "birth_date": "02.02.1990"} for one in before]), review=True)
    load_received(import_id=import_id)
    assert page(browser(somebody("Managers")), import_id).count("birth date: ") == 2


def test_whom_the_page_names_is_written_down_and_nobody_is_named_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    import_id, _ = waiting()
    manager = browser(somebody("Managers"))
    page(manager, import_id)
    trail = ReadAudit.objects.filter(what="samples", import_id=import_id).values_list("citizen_id", flat=True)
    assert set(trail) == {2, 3, 4, 5, 6, 9, 99}
    monkeypatch.setattr("config.common.privacy.services.reads._INSERT", "SELECT broken")
    monkeypatch.setattr("config.common.privacy.services.reads._SOON", "SELECT broken")
    answer = manager.get(f"/admin/imports/import/{import_id}/change/")
    assert (answer.status_code, "Nina" in text(answer)) == (503, False)


def test_samples_are_for_those_who_may_see_the_residents_of_both_deliveries() -> None:
    import_id, last = waiting()
    importer, viewer = somebody("Importers"), somebody("Viewers")
    Import.objects.filter(pk=import_id).update(created_by=importer)
    found = ["Nina" in page(browser(user), import_id) for user in (importer, viewer)]
    Import.objects.filter(pk=last).update(created_by=importer)
    found += ["Nina" in page(browser(user), import_id) for user in (importer, viewer)]
    assert found == [False, False, True, False]


def test_the_page_says_why_it_does_not_compare() -> None:
    import_id, last = waiting()
    importer = somebody("Importers")
    Import.objects.filter(pk=import_id).update(created_by=importer)
    html = page(browser(importer), import_id)
    assert re.findall(r"<dt>(\w+)</dt>", html) == ["Format", "Residents", "Towns", "Channels"]
    assert "who may see the residents of both deliveries" in html
    Import.objects.filter(pk=last).update(created_by=importer)
    html = page(browser(importer), import_id)
    assert "Changed" in re.findall(r"<dt>(\w+)</dt>", html)
    assert "who may see the residents of both deliveries" not in html


def test_once_it_is_approved_the_page_names_nobody() -> None:
    import_id, _ = waiting()
    # As a worker of an older version may leave it.
    Import.objects.filter(pk=import_id).update(status="loading")
    assert "Nina" not in page(browser(somebody("Managers")), import_id)
