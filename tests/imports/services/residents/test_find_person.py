"""A person is found however the name is typed; who is similar is told, and stays."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.html import escape

from config.common.privacy.models import ReadAudit
from imports.models import Import
from imports.services.residents.find_person import find_person, similar_people
from tests.factories import people
from tests.imports.planted import BORN, ME, NAME, family
from tests.imports.world import load, stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("name", [NAME.upper(), f" {NAME.replace(' ', '   ')}", NAME.replace("Z", "Ž")])
def test_a_person_is_found_by_name_and_birthday_in_every_complete_import(name: str) -> None:
    ids = [load(family()) for _ in range(2)]
    gone = load(family())
    Import.objects.filter(pk=gone).update(status="erased")
    found = find_person(name=name, birth_date=date(1968, 2, 29))
    assert [(one.import_id, one.citizen_id) for one in found] == [(number, ME) for number in ids]
    assert find_person(name=name, birth_date=date(1968, 2, 28)) == []
    assert find_person(name=NAME[:-1], birth_date=date(1968, 2, 29)) == []


# One apostrophe in three spellings, and inside marks that turn the direction of writing; then those who are similar.
SPELLINGS = [
    "Test O'Person",
    "Test O’Person",
    "test Oʼperson",
    "\u202bTest O'Person\u202c",
    "\u2067Test  O‘Pérson\u2069",
]
SIMILAR = ["Test O Person", "Test O'Persson", "Test Mary O’Person"]
OTHERS = ["Test Other", "Person", "Anna"]


@pytest.fixture
def spelt() -> int:
    """A delivery in which each of these was born on one day, numbered from 0; a namesake the day after is 99."""
    names = [*SPELLINGS, *SIMILAR, *OTHERS, SPELLINGS[0]]
    residents = people(len(names))
    for number, (resident, name) in enumerate(zip(residents, names, strict=True)):
        resident |= {"citizen_id": number, "name": name, "birth_date": BORN}
    residents[-1] |= {"citizen_id": 99, "birth_date": "01.03.1968"}
    return load(residents)


@pytest.mark.parametrize("typed", [*SPELLINGS, "test operson", "TEST O´PERSON"])
def test_a_person_is_found_however_the_name_is_typed_and_the_exact_spelling_first(spelt: int, typed: str) -> None:
    found = find_person(name=typed, birth_date=date(1968, 2, 29))
    exact = [number for number, name in enumerate(SPELLINGS) if name == typed]
    assert [one.citizen_id for one in found] == [*exact, *(number for number in range(5) if number not in exact)]
    similar = similar_people([(typed, date(1968, 2, 29))], besides=found)
    assert {one.name for one in similar} == set(SIMILAR)


def test_a_name_that_says_nothing_is_nobodys(spelt: int) -> None:
    assert find_person(name="'", birth_date=date(1968, 2, 29)) == []


def test_the_command_lists_whom_it_would_take_and_who_is_similar_and_stays(
    spelt: int, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("resident_erase", "--name", SPELLINGS[0], "--born", BORN, "--dry-run")
    taken, left = capsys.readouterr().out.split("Similar, born on the same day, and not among them:")
    assert [f"{spelt}/{number}: {name}," in taken for number, name in enumerate(SPELLINGS)] == [True] * 5
    assert [f"{spelt}/{number}: {name}," in left for number, name in enumerate(SIMILAR, 5)] == [True] * 3
    assert not any(f": {name}," in left for name in OTHERS)
    call_command("resident_erase", f"{spelt}/0", f"{spelt}/6", "--yes")
    taken, left = capsys.readouterr().out.split("Similar, born on the same day, and not among them:")
    assert [f"{spelt}/{number}: " in taken for number in (0, 6)] == [True, True]
    assert [f"{spelt}/{number}: " in left.split("0: 1 citizens")[0] for number in (1, 2, 3, 4, 5, 7)] == [True] * 6
    assert sorted(stored(spelt)) == [1, 2, 3, 4, 5, 7, 8, 9, 10, 99]


def test_without_anybody_to_ask_the_command_erases_nobody(spelt: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(CommandError, match="nothing was erased"):
        call_command("resident_erase", f"{spelt}/0")
    assert len(stored(spelt)) == 12


def test_the_admin_lists_whom_it_would_take_and_who_is_similar_and_stays(spelt: int, manager: Any) -> None:
    client = Client()
    client.force_login(User.objects.get(username="managers"))
    asked = {"name": "test o’person", "birth_date": BORN}
    found = client.post("/admin/imports/citizen/find/", asked).context
    assert [[one.citizen_id for one in people] for _, people in found["groups"]] == [[0, 1, 2, 3, 4], [5, 7, 6]]
    ticked = [one.key for one in (*found["found"][:2], found["similar"][0])]
    ReadAudit.objects.all().delete()
    answer = client.post(
        "/admin/imports/citizen/find/", asked | {"action": "erase_everything", "_selected_action": ticked}
    )
    assert [one.citizen_id for one, _ in answer.context["plans"]] == [0, 1, 5]
    assert {one.citizen_id for one in answer.context["left"]} == {2, 3, 4, 6, 7}
    page = " ".join(answer.content.decode().split())
    for name in (*SPELLINGS, *SIMILAR):
        assert page.count(f"<li><bdi>{escape(' '.join(name.split()))}</bdi>, ") == 1
    assert {row.citizen_id for row in ReadAudit.objects.filter(what="listed")} == set(range(8))
    assert len(stored(spelt)) == 12
