"""Corrections carry forward: as a slow model has it, nothing silently, and only where the old value came again."""

from copy import deepcopy
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from config.common.accounts.services.tokens import issue_token
from config.common.problems import Forbidden
from imports.fields import EDITABLE, LISTS
from imports.models import Correction, Import, Source
from imports.services.erasing.erase_delivery import erase_delivery
from imports.services.loading.load_received import load_received
from imports.services.naming.change_named import change_named
from imports.services.residents.carry_corrections import Sample, carry_corrections, plan_carrying
from imports.services.residents.correct_resident import correct_resident
from imports.services.residents.rename_value import ask_rename
from tests.factories import people, relate
from tests.imports.world import body_of, faults, load, received, stored

pytestmark = pytest.mark.django_db

Document = dict[str, Any]
World = dict[int, Document]


def user(name: str, role: str) -> User:
    issue_token(username=name, role=role)
    return User.objects.get(username=name)


def correct(import_id: int, citizen_id: int, **patch: Any) -> None:
    correct_resident(import_id=import_id, citizen_id=citizen_id, patch=patch, actor=None)


def origins(import_id: int) -> list[tuple[int, dict[str, Any], int | None]]:
    rows = Correction.objects.filter(delivery_id=import_id).order_by("id")
    return [(row.citizen_id, row.changes, row.carried_from) for row in rows]


def test_what_came_again_is_corrected_again_and_what_came_otherwise_stays_and_is_said() -> None:
    before = people(4, town="Kiev", channel="Insta", apartment=1, birth_date="26.12.1986")
    first = load(before)
    for citizen_id in (1, 2, 3, 4):
        correct(first, citizen_id, town="Kyiv", apartment=2, birth_date="27.12.1986")
    correct(first, 1, town="Kyjiw")
    after = deepcopy(before[:3])
    after[1] |= {"town": "Lviv"}
    after[2] |= {"town": "Kyiv"}
    second = load(after)
    plan = plan_carrying(import_id=second, actor=None)
    assert (plan.replaced, plan.carried) == (first, {"town": 1, "apartment": 3, "birth_date": 3})
    assert (plan.conflicts, plan.samples[0]) == ({"town": 1}, Sample(2, "town", "Lviv", "Kyiv", True))
    assert stored(second) == {one["citizen_id"]: one for one in after}
    assert carry_corrections(import_id=second, actor=None) == plan
    assert [stored(second)[one]["town"] for one in (1, 2, 3)] == ["Kyjiw", "Lviv", "Kyiv"]
    assert {one["apartment"] for one in stored(second).values()} == {2}
    both = {
        "apartment": {"from": 1, "to": 2},
        "birth_date": {"from": "1986-12-26", "to": "1986-12-27"},
    }
    town = {"town": {"from": "Kiev", "to": "Kyjiw"}}
    assert origins(second) == [(1, both | town, first), (2, both, first), (3, both, first)]
    revision = Import.objects.get(pk=second).revision
    assert carry_corrections(import_id=second, actor=None).carried == {}
    assert (Import.objects.get(pk=second).revision, revision) == (1, 1)


def test_a_rename_lasts_from_delivery_to_delivery() -> None:
    editor = user("edith", "Editors")
    citizens = people(5, channel="Insta")
    first = load(citizens)
    ask_rename(import_id=first, field="channel", before="Insta", after="instagram", actor=editor)
    for _ in range(2):
        number = load(citizens)
        carry_corrections(import_id=number, actor=editor)
        assert {one["channel"] for one in stored(number).values()} == {"instagram"}
        assert {row.corrected_by for row in Correction.objects.filter(delivery_id=number)} == {editor}


def test_what_was_taken_back_is_not_carried() -> None:
    citizens = people(1, town="Kiev")
    first = load(citizens)
    correct(first, 1, town="Kyiv")
    correct(first, 1, town="Kiev")
    second = load(citizens)
    assert carry_corrections(import_id=second, actor=None).carried == {}


def test_relations_are_carried_on_both_sides_where_all_lists_came_again() -> None:
    citizens = relate(people(6), "relatives", (1, 2), (3, 4))
    first = load(citizens)
    correct(first, 1, relatives=[], friends=[2, 5])
    correct(first, 3, relatives=[4, 6])
    correct(first, 6, relatives=[3], friends=[6])
    after = relate(deepcopy(citizens), "friends", (4, 6))
    second = load(after)
    plan = carry_corrections(import_id=second, actor=None)
    assert (plan.carried, plan.conflicts) == ({"relations": 2}, {"relations": 2})
    found = stored(second)
    assert [found[one]["friends"] for one in (1, 2, 5)] == [[2, 5], [1], [1]]
    assert (found[1]["relatives"], found[3]["relatives"], found[6]["friends"]) == ([], [4], [4])
    assert [fault for fault in faults(second) if "revision" not in fault] == []
    assert origins(second) == [
        (1, {"relatives": {"from": [2], "to": []}, "friends": {"from": [], "to": [2, 5]}}, first)
    ]


def test_nothing_is_carried_from_what_was_erased_or_is_another_source() -> None:
    manager, citizens = user("maria", "Managers"), people(1, town="Kiev")
    first = load(citizens, source="one")
    correct(first, 1, town="Kyiv")
    assert plan_carrying(import_id=load(citizens, source="two"), actor=None).replaced is None
    erase_delivery(import_id=first, actor=manager)
    assert plan_carrying(import_id=load(citizens, source="one"), actor=None).replaced is None


def test_names_of_one_source_are_one() -> None:
    citizens = people(1, town="Kiev")
    first = load(citizens, source="one")
    correct(first, 1, town="Kyiv")
    change_named(Source, pk=Source.objects.get().pk, values={"aliases": ["uno"]}, actor=None)
    assert plan_carrying(import_id=load(citizens, source="UNO"), actor=None).carried == {"town": 1}


def test_by_the_api_it_is_done_before_the_201_and_not_unless_it_is_asked_for(manager: APIClient) -> None:
    citizens = people(2, town="Kiev")
    first = load(citizens)
    correct(first, 1, town="Kyiv")
    made = [manager.post(f"/imports{query}", {"citizens": citizens}) for query in ("", "?carry_corrections=true")]
    assert [answer.status_code for answer in made] == [201, 201]
    numbers = [answer.json()["data"]["import_id"] for answer in made]
    # The second one replaces a delivery in which nobody corrected anything.
    assert [stored(number)[1]["town"] for number in numbers] == ["Kiev", "Kiev"]
    correct(numbers[1], 1, town="Kyiv")
    last = manager.post("/imports?carry_corrections=true", {"citizens": citizens}).json()["data"]["import_id"]
    assert (stored(last)[1]["town"], origins(last)[0][2]) == ("Kyiv", numbers[1])


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_it_too(manager: APIClient) -> None:
    citizens = people(2, town="Kiev")
    correct(load(citizens), 1, town="Kyiv")
    number = received(body_of(citizens), carry=True)
    assert load_received(import_id=number) == "complete"
    assert (stored(number)[1]["town"], len(origins(number))) == ("Kyiv", 1)


@pytest.mark.django_db(transaction=True)
def test_whoever_may_not_see_what_is_replaced_is_not_told_what_was_corrected(client_of: Any) -> None:
    citizens = people(1, town="Kiev")
    correct(load(citizens), 1, town="Kyiv")
    importer = client_of("Importers")
    answer = importer.post("/imports?carry_corrections=true", {"citizens": citizens})
    assert (answer.status_code, Import.objects.count()) == (403, 1)
    actor = User.objects.get(username="importers")
    with pytest.raises(Forbidden):
        plan_carrying(import_id=load(citizens, actor=actor), actor=actor)
    Import.objects.exclude(created_by=actor).update(created_by=None)
    Import.objects.filter(created_by=actor).update(created_by=None)
    number = received(body_of(citizens), actor=actor, carry=True)
    assert load_received(import_id=number) == "failed"
    assert Import.objects.get(pk=number).errors[0]["code"] == "forbidden"


# A small world: four residents, three values of two fields, and their relations.
IDS = (1, 2, 3, 4)
WORDS = st.sampled_from(["a", "b", "c"])
PAIRS = st.sampled_from([(one, other) for one in IDS for other in IDS if one <= other])


@st.composite
def deliveries(draw: Any) -> list[Document]:
    citizens = {one: {**people(1)[0], "citizen_id": one, "relatives": [], "friends": []} for one in IDS}
    for one in citizens.values():
        one |= {"town": draw(WORDS), "channel": draw(WORDS)}
    for one, other in draw(st.sets(PAIRS, max_size=4)):
        kind = draw(st.sampled_from(LISTS))
        relate([*citizens.values()], kind, (one, other))
    stay = draw(st.sets(st.sampled_from(IDS), min_size=2))
    found = [one for number, one in citizens.items() if number in stay]
    for one in found:
        one |= {name: [other for other in one[name] if other in stay] for name in LISTS}
    return found


STEP = st.tuples(
    st.sampled_from(IDS),
    st.one_of(
        st.fixed_dictionaries({"town": WORDS}),
        st.fixed_dictionaries({"channel": WORDS}),
        st.tuples(st.lists(st.sampled_from(IDS), unique=True, max_size=2), st.booleans()),
    ),
)


def relation(world: World, one: int, other: int) -> str | None:
    return next((name for name in LISTS if other in world[one][name]), None)


def lists(citizen: Document) -> list[set[int]]:
    return [set(citizen[name]) for name in LISTS]


def expected(
    delivered: dict[int, Document], now: dict[int, Document], came: dict[int, Document]
) -> dict[int, Document]:
    """The new delivery with what was corrected, worked out value by value and pair by pair."""
    found = deepcopy(came)
    both = [one for one in came if one in now]
    for one in both:
        for name in EDITABLE:
            if name not in LISTS and delivered[one][name] != now[one][name] and came[one][name] == delivered[one][name]:
                found[one][name] = now[one][name]
    for one in both:
        for other in both:
            to = relation(now, one, other)
            same = all(lists(came[who]) == lists(delivered[who]) for who in (one, other))
            if to != relation(delivered, one, other) and same:
                for name in LISTS:
                    found[one][name] = [who for who in found[one][name] if who != other] + [other] * (name == to)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries(), st.lists(STEP, max_size=6), deliveries(), st.booleans())
def test_it_is_what_the_model_says(
    first: list[Document], steps: list[Any], second: list[Document], again: bool
) -> None:
    Import.objects.all().update(status="cancelled")
    number = load(first)
    delivered = stored(number)
    for citizen_id, what in steps:
        if citizen_id not in delivered:
            continue
        patch = what
        if isinstance(what, tuple):
            others = [one for one in what[0] if one in delivered]
            row = stored(number)[citizen_id]
            names = ("relatives", "friends") if what[1] else ("friends", "relatives")
            patch = {names[0]: others, names[1]: [one for one in row[names[1]] if one not in others]}
        correct(number, citizen_id, **patch)
    now = stored(number)
    sent = deepcopy(first) if again else second
    came = load(sent)
    want = expected(delivered, now, stored(came))
    carry_corrections(import_id=came, actor=None)
    found = stored(came)
    assert {one: lists(row) for one, row in found.items()} == {one: lists(row) for one, row in want.items()}
    assert [{**row, **dict.fromkeys(LISTS)} for row in found.values()] == [
        {**row, **dict.fromkeys(LISTS)} for row in want.values()
    ]
    assert [fault for fault in faults(came) if "revision" not in fault] == []
    # Carried corrections are corrections: taken back one by one they lead to what was delivered.
    assert all(row.carried_from == number for row in Correction.objects.filter(delivery_id=came))
    third = load(sent)
    carry_corrections(import_id=third, actor=None)
    assert {one: (row["town"], row["channel"], *lists(row)) for one, row in stored(third).items()} == {
        one: (row["town"], row["channel"], *lists(row)) for one, row in found.items()
    }
