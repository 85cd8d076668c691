"""The page on which a Manager finds a person in all deliveries."""

from typing import Any

import pytest
from django.test import Client

from config.common.privacy.models import ReadAudit
from imports.models import Citizen, Import
from tests.factories import people
from tests.imports.admin.people import browser, somebody, text
from tests.imports.world import load

pytestmark = pytest.mark.django_db
PAGE = "/admin/imports/citizen/find/"
ASKED = {"name": "josé  GARCÍA", "birth_date": "29.02.1968"}


@pytest.fixture
def manager() -> Client:
    return browser(somebody("Managers"))


@pytest.fixture
def keys() -> list[int]:
    """The rows of one person in two deliveries, beside a namesake of another age and somebody else of that day."""
    for town in ("Kyiv", "Lviv"):
        one, two, three = people(3, town=town)
        one |= {"name": "Jose Garcia", "birth_date": "29.02.1968"}
        two |= {"name": "Jose Garcia", "birth_date": "01.03.1968"}
        three["birth_date"] = "29.02.1968"
        load([one, two, three], source=f"of {town}")
    return list(Citizen.objects.filter(citizen_id=1).order_by("pk").values_list("pk", flat=True))


def reads() -> list[Any]:
    return list(ReadAudit.objects.order_by("id").values_list("what", "import_id", "citizen_id"))


def test_a_person_is_found_in_every_delivery_and_whoever_looked_is_written_down(
    manager: Client, keys: list[int]
) -> None:
    imports = list(Import.objects.order_by("pk").values_list("pk", flat=True))
    shown = text(manager.post(PAGE, ASKED))
    for key, number, town in zip(keys, imports, ("Kyiv", "Lviv"), strict=True):
        assert f"Delivery {number} from of {town}, resident 1" in shown
        assert (
            f"<bdi>Jose Garcia</bdi>, {town}" in shown,
            f'href="/admin/imports/citizen/{key}/change/"' in shown,
        ) == (
            True,
            True,
        )
    assert shown.count("Page of resident") == 2
    assert reads() == [("listed", number, 1) for number in imports]


def test_nobody_is_said_and_so_is_where_nobody_looked(manager: Client, keys: list[int]) -> None:
    kept = Import.objects.create(source="kept", status="failed", body_size=1)
    shown = text(manager.post(PAGE, ASKED | {"name": "Nobody"}))
    assert "Nobody of this name and date of birth is in a complete delivery." in shown
    assert f'href="/admin/imports/import/{kept.pk}/change/"' in shown
    assert reads() == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"birth_date": ""}, "This field is required."),
        ({"birth_date": "31.02.1990"}, "A real date written DD.MM.YYYY is expected."),
        ({"name": "a\0"}, "Null characters are not allowed."),
        ({"name": "a" * 257}, "at most 256 characters"),
    ],
)
def test_what_is_no_name_or_date_finds_nobody(manager: Client, wrong: dict[str, str], sentence: str) -> None:
    answer = manager.post(PAGE, ASKED | wrong)
    assert (answer.context["found"], sentence in text(answer)) == (None, True)


def test_the_ticked_are_exported_from_all_deliveries_at_once(manager: Client, keys: list[int]) -> None:
    form = {**ASKED, "action": "export_everything", "_selected_action": keys}
    documents = manager.post(PAGE, form).json()["deliveries"]
    assert [one["resident"]["town"] for one in documents] == ["Kyiv", "Lviv"]
    assert [what for what, _, _ in reads()] == ["exported", "exported"]


def test_the_ticked_are_erased_after_a_question(manager: Client, keys: list[int]) -> None:
    form = {"action": "erase_everything", "_selected_action": keys[:1]}
    assert "What would go" in text(manager.post(PAGE, {**ASKED, **form}))
    assert Citizen.objects.filter(pk__in=keys).count() == 2
    answer = manager.post(PAGE, {**form, "confirmed": "yes"}, follow=True)
    assert (answer.redirect_chain, "Gone: resident 1" in text(answer)) == ([(PAGE, 302)], True)
    assert list(Citizen.objects.filter(pk__in=keys).values_list("pk", flat=True)) == keys[1:]


@pytest.mark.parametrize("form", [{}, {"_selected_action": "x"}, {"_selected_action": "9" * 30}])
@pytest.mark.parametrize("action", ["erase_everything", "save_model"])
def test_without_anybody_ticked_the_page_asks_whom_and_keeps_what_it_found(
    manager: Client, keys: list[int], form: dict[str, str], action: str
) -> None:
    answer = manager.post(PAGE, {**ASKED, "action": action, **form})
    assert ("Tick the residents" in text(answer), len(answer.context["found"])) == (True, 2)


def test_only_managers_have_the_page_and_its_button(manager: Client, keys: list[int]) -> None:
    assert f'href="{PAGE}"' in text(manager.get("/admin/imports/citizen/"))
    for role in ("Editors", "Importers"):
        client = browser(somebody(role))
        assert PAGE not in text(client.get("/admin/imports/citizen/"))
        assert client.post(PAGE, {**ASKED, "action": "export_everything", "_selected_action": keys}).status_code == 403
    assert reads() == []
