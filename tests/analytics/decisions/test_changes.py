"""`/analytics/changes`: two deliveries of one source compared, against what their residents say one by one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from analytics.changes import Delivered, changes_between
from analytics.models import KeptAnswer
from analytics.services.asking.questions import Question
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.deciding.changes import Change, compare
from config.common.spellings import fold
from imports.demo.deliveries import make_demo
from imports.fields import Patch
from imports.models import Citizen, Import
from imports.services.erasing.delete_delivery import delete_delivery
from imports.services.loading.load_document import load_document
from imports.services.residents.correct_resident import correct_resident
from tests.analytics.counted import place
from tests.analytics.decisions.helpers import answer
from tests.common.helpers import problem
from tests.imports.world import load

pytestmark = pytest.mark.django_db
KEYS = ("town", "age_group", "channel", "gender")
ONE_SOURCE = next(make_demo(citizens=1, seed=3)).source


@pytest.fixture
def two() -> tuple[int, int]:
    """The first two deliveries of a source of the demo, and one of another source."""
    place("Kyiv", city="Kyiv", country="UA")
    found = [
        load_document(body=one.body, source=one.source, actor=None).pk
        for one in make_demo(citizens=300, seed=3, deliveries=2)
        if one.source == ONE_SOURCE
    ]
    load([], source="another")
    refresh_demand()
    return found[0], found[1]


def url(two: tuple[int, int], more: str = "") -> str:
    return f"/analytics/changes?from={two[0]}&to={two[1]}{more}"


def test_rows_have_both_deliveries_and_what_is_said_of_the_whole_stands_beside(
    manager: APIClient, two: tuple[int, int]
) -> None:
    body = answer(manager, url(two, "&group_by=channel")).json()
    ids = [set(Citizen.objects.of(one).values_list("citizen_id", flat=True)) for one in two]
    assert body["residents"] == {
        "stayed": len(ids[0] & ids[1]), "new": len(ids[1] - ids[0]), "gone": len(ids[0] - ids[1]),
    }  # fmt: skip
    assert min(body["residents"].values()) > 0
    assert (body["from"]["import_id"], body["to"]["import_id"], body["meta"]["imports"]) == (*two, 2)
    demand = manager.get(f"/analytics/demand?group_by=channel&import_id={two[1]}").json()
    counts = ("channel", "residents", "courses")
    assert {(row["channel"], row["after"]["residents"], row["after"]["courses"]) for row in body["data"]} == {
        tuple(row[name] for name in counts) for row in demand["data"]
    }
    for row in body["data"]:
        change = row["after"]["courses_per_100"] - row["before"]["courses_per_100"]
        assert row["change"] == pytest.approx(change, abs=1e-9)
        assert row["change_low"] < row["change"] < row["change_high"]
        assert row["significant"] is (row["q"] is not None and row["q"] < 0.1)
    assert [row["q"] for row in body["data"] if row["q"] is not None] == sorted(
        row["q"] for row in body["data"] if row["q"] is not None
    )


def test_the_last_two_of_a_source_are_compared_unless_two_are_named(manager: APIClient, two: tuple[int, int]) -> None:
    assert (
        answer(manager, url(two)).json()["data"]
        == manager.get(f"/analytics/changes?source={ONE_SOURCE}").json()["data"]
    )
    back = answer(manager, url(two[::-1])).json()
    first = manager.get(url(two)).json()
    assert (back["residents"]["new"], back["residents"]["gone"]) == (
        first["residents"]["gone"],
        first["residents"]["new"],
    )


def naive(two: tuple[int, int], question: Question) -> dict[tuple[Any, ...], list[Any]]:
    """Residents and courses of each delivery, change and its ends, by key; read resident by resident."""
    numbers: dict[tuple[Any, ...], int] = {}
    sides, counts = [], []
    for import_id in two:
        people = list(Citizen.objects.of(import_id))
        places = {one.citizen_id: number for number, one in enumerate(people)}
        groups, counted = [], Counter[Any]()
        for one in people:
            keys: dict[str, Any] = {
                "town": fold(one.town),
                "age_group": None,
                "channel": fold(one.channel),
                "gender": one.gender,
            }
            chosen = all(keys[key] in [*map(fold, values)] for key, values in question.filters.items())
            key = tuple(keys[name] for name in question.group_by)
            groups.append(numbers.setdefault(key, len(numbers)) if chosen else -1)
            if chosen:
                counted.update({(key, "residents"): 1, (key, "courses"): len(one.relatives) + len(one.friends)})
        pairs = [
            (places[one.citizen_id], places[other])
            for one in people
            for other in (*one.relatives, *one.friends)
            if other != one.citizen_id
        ]
        ends = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        courses = np.array([len(one.relatives) + len(one.friends) for one in people])
        ids = np.array([one.citizen_id for one in people])
        sides.append(Delivered(ids, np.array(groups), courses, ends[0], ends[1]))
        counts.append(counted)
    found = changes_between(sides[0], sides[1], groups=len(numbers))
    return {
        key: [
            *(counted[key, name] for counted in counts for name in ("residents", "courses")),
            *(pytest.approx(100 * end[number], nan_ok=True) for end in (found.change, found.low, found.high)),
        ]
        for key, number in numbers.items()
    }


def test_they_are_those_of_the_residents_by_whatever_keys_and_filters(two: tuple[int, int]) -> None:
    values = {
        "towns": sorted({one.town for one in Citizen.objects.of(two[1])})[:5],
        "channels": sorted({one.channel for one in Citizen.objects.of(two[1])}),
        "genders": ["male", "female"],
    }

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        group_by = tuple(data.draw(st.lists(st.sampled_from(["town", "channel", "gender"]), unique=True)))
        filters: Any = {
            name: tuple(data.draw(st.lists(st.sampled_from(of), max_size=3, unique=True)))
            for name, of in values.items()
        }
        question = replace(Question(group_by=group_by, import_id=two[1]), **filters)
        _, rows = compare(question, before=two[0])
        assert {tuple(fold(value or "") for value in row.keys.values()): _figures(row) for row in rows} == naive(
            two, question
        )

    agree()


def _figures(row: Change) -> list[Any]:
    sums = [row.before.residents, row.before.courses, row.after.residents, row.after.courses]
    return [*sums, *(np.nan if end is None else end for end in (row.change, row.change_low, row.change_high))]


@pytest.fixture
def birthday() -> Iterator[tuple[int, int]]:
    """Twenty residents in two deliveries, who became 18 between them."""
    people = [
        {"citizen_id": number, "town": "Kyiv", "street": "a", "building": "1", "apartment": 1, "name": "A",
         "birth_date": "01.06.2000", "gender": "male", "relatives": [], "channel": "tv"}
        for number in range(20)
    ]  # fmt: skip
    found = []
    for day in ("2018-05-20", "2018-06-20"):
        with time_machine.travel(f"{day}T12:00:00Z"):
            found.append(load(people, source="a"))
    with time_machine.travel("2018-06-21T12:00:00Z"):
        refresh_demand()
        yield found[0], found[1]


def test_growing_older_is_no_change(birthday: tuple[int, int]) -> None:
    """Ages of both deliveries are of the day of the later one's demand."""
    turnover, rows = compare(Question(group_by=("age_group",), import_id=birthday[1]), before=birthday[0])
    assert (turnover.stayed, turnover.new, turnover.gone) == (20, 0, 0)
    assert [(row.keys["age_group"], row.before.residents, row.after.residents) for row in rows] == [("18-24", 20, 20)]


def test_who_may_not_see_residents_is_refused(client_of: Any, two: tuple[int, int]) -> None:
    for role in ("Viewers", "Importers"):
        refusal = problem(client_of(role).get(url(two)))
        assert refusal["status"] == 403
        assert "between two deliveries" in refusal["detail"]
    assert not KeptAnswer.objects.exists()
    assert client_of("Editors").get(url(two)).status_code == 202


def test_a_correction_of_either_delivery_has_it_worked_out_again(
    manager: APIClient, two: tuple[int, int], superuser: Any
) -> None:
    before = answer(manager, url(two, "&group_by=gender")).json()
    for of in two:
        one = Citizen.objects.of(of).order_by("citizen_id").first()
        assert one is not None
        other = "male" if one.gender == "female" else "female"
        correct_resident(import_id=of, citizen_id=one.citizen_id, patch=Patch(gender=other), actor=superuser)
        refresh_demand()
        after = answer(manager, url(two, "&group_by=gender")).json()
        assert after["data"] != before["data"]
        before = after


def errors(manager: APIClient, query: str) -> list[tuple[str, str]]:
    found = problem(manager.get(f"/analytics/changes?{query}"))
    assert found["status"] == 400
    return [(error["pointer"], error["code"]) for error in found["errors"]]


def test_what_cannot_be_compared_is_refused_with_a_pointer(manager: APIClient, two: tuple[int, int]) -> None:
    another = Import.objects.get(source="another").pk
    first, last = two
    assert errors(manager, "") == [("?source", "required")]
    assert errors(manager, f"source={ONE_SOURCE}&source=another") == [("?source", "required")]
    assert errors(manager, "source=another") == [("?source", "too_few")]
    assert errors(manager, f"from={first}") == [("?to", "required")]
    assert errors(manager, f"to={last}") == [("?from", "required")]
    assert errors(manager, f"from={first}&to={first}") == [("?to", "same")]
    assert errors(manager, f"from={first}&to={another}") == [("?to", "other_source")]
    assert errors(manager, f"from={first}&to={last}&source=another") == [("?source", "other_source")]
    assert errors(manager, f"from=0&to={last}") == [("?from", "invalid_choice")]
    assert errors(manager, "group_by=source") == [("?group_by", "invalid_choice")]
    assert errors(manager, "group_by=channel&ordering=city") == [("?ordering", "not_grouped")]
    assert errors(manager, f"import_id={first}") == [("?import_id", "unknown_parameter")]
    delete_delivery(import_id=first, actor=None)
    assert errors(manager, f"from={first}&to={last}") == [("?from", "invalid_choice")]


def test_pages_orders_and_csv_hold_the_same_rows(manager: APIClient, two: tuple[int, int]) -> None:
    whole = answer(manager, url(two, "&group_by=town&ordering=-change,town")).json()["data"]
    known = [row["change"] for row in whole if row["change"] is not None]
    assert known == sorted(known, reverse=True)
    assert [row["change"] for row in whole][len(known) :] == [None] * (len(whole) - len(known))
    page = manager.get(url(two, "&group_by=town&ordering=-change,town&limit=2&offset=1")).json()
    assert (page["data"], page["count"]) == (whole[1:3], len(whole))
    table = manager.get(url(two, "&group_by=town&ordering=-change,town&limit=2&format=csv"))
    header, *lines = b"".join(table).decode().splitlines()
    assert header == (
        "town,before_residents,before_courses,before_courses_per_100,after_residents,after_courses,"
        "after_courses_per_100,change,change_low,change_high,q,significant"
    )
    assert len(lines) == len(whole)
    assert lines[0].split(",")[:3] == [
        whole[0]["town"],
        *(str(whole[0]["before"][name]) for name in ("residents", "courses")),
    ]
