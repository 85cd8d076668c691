"""`/analytics/effects`: residents counted one by one, roles, filters, tables, and what it refuses."""

import csv
import io
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from analytics.effects import Delivery, effects_of_residents
from analytics.models import ImportDemand
from analytics.regression import Cells
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.kept import NotCountedYet
from analytics.services.asking.questions import Question
from analytics.services.counting.count_import import SegmentKey
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.settings import counting
from analytics.services.deciding import effects as rooms
from analytics.services.deciding.effects import find_effects
from imports.demo.deliveries import make_demo
from imports.services.loading.load_document import load_document
from tests.analytics.counted import Counts, make, place
from tests.analytics.decisions.helpers import answer, work_out_all
from tests.analytics.naive_ties import residents as counted_residents
from tests.common.helpers import problem

pytestmark = pytest.mark.django_db
URL = "/analytics/effects"
FACTORS = ("city", "age_group", "channel", "gender")


@pytest.fixture
def demo() -> User:
    """Two sources of which one city lies in two towns."""
    place("Kyiv", city="Kyiv", country="UA")
    place("Київ", city="Kyiv", country="UA")
    place("Lima", city="Lima", country="PE")
    user = User.objects.create_superuser("root")
    for delivery in make_demo(citizens=160, seed=4, deliveries=1):
        load_document(body=delivery.body, source=delivery.source, actor=user)
    refresh_demand()
    return user


def asked(actor: User, question: Question, *, by: str = "city") -> dict[tuple[str, str | None], Any]:
    """The rows after a worker had its turn, by factor and level."""
    with pytest.raises(NotCountedYet):
        find_effects(question=question, place=by, actor=actor)
    work_out_all()
    return {(row.factor, row.level): row for row in find_effects(question=question, place=by, actor=actor).rows}


def naive(factors: tuple[str, ...], chosen: Callable[[dict[str, Any]], bool]) -> dict[tuple[str, str | None], Any]:
    """Effect and ends of each level, of residents who were looked at one by one."""
    labels = counting().age_groups.labels
    people: list[dict[str, Any]] = []
    pairs = []
    for demand in ImportDemand.objects.current():
        found = {id_: one for id_, one in counted_residents(demand.pk, demand.as_of).items() if chosen(one)}
        places = {id_: len(people) + number for number, id_ in enumerate(found)}
        people += [one | {"age_group": labels[one["age_group"]], "city": _name(one["city"])} for one in found.values()]
        pairs += [(places[id_], places[other]) for id_, one in found.items() for other in one["related"] & {*found}]
    names = [sorted({one[factor] for one in people}) for factor in factors]
    levels = [tuple(known.index(one[factor]) for known, factor in zip(names, factors, strict=True)) for one in people]
    known = sorted(set(levels))
    cell = np.array([known.index(one) for one in levels])
    courses = np.array([float(one["courses"]) for one in people])
    sums = [np.bincount(cell, values).astype(float) for values in (np.ones(len(cell)), courses)]
    cells = Cells(sums[0], sums[1], tuple(np.array(known).T), tuple(map(len, names)))
    found_effects = effects_of_residents(cells, [Delivery(cell, courses, *np.array(pairs, np.int64).reshape(-1, 2).T)])
    return {
        (factor, name): (100 * one.effect[place], 100 * one.low[place], 100 * one.high[place])
        for factor, known_names, one in zip(factors, names, found_effects, strict=True)
        for place, name in enumerate(known_names)
    }


def _name(city: Any) -> str:
    """A town without a place is a city of its own."""
    return str(city if isinstance(city, str) else city[-1])


def _named(key: tuple[str, str | None]) -> tuple[str, str]:
    return key[0], (key[1] or "").casefold()


@pytest.mark.parametrize(
    ("question", "chosen"),
    [
        (Question(), lambda _: True),
        (Question(age_groups=("18-24", "25-34")), lambda one: one["age_group"] in (1, 2)),
        (
            Question(channels=("INSTAGRAM ", "tiktok"), genders=("female",)),
            lambda one: one["channel"] in ("instagram", "tiktok") and one["gender"] == "female",
        ),
    ],
)
def test_they_are_those_of_residents_who_are_looked_at_one_by_one(demo: User, question: Question, chosen: Any) -> None:
    rows = {_named(key): row for key, row in asked(demo, question).items()}
    expected = {_named(key): values for key, values in naive(FACTORS, chosen).items()}
    assert {*rows} == {*expected}
    found = {key: (row.effect, row.effect_low, row.effect_high) for key, row in rows.items()}
    for key, values in expected.items():
        assert found[key] == (None,) * 3 if np.isnan(values[0]) else found[key] == pytest.approx(values, rel=1e-4)


def test_each_level_has_its_index_beside_it_and_the_average_resident_a_hundred(demo: User) -> None:
    rows = asked(demo, Question(genders=("male",)), by="country")
    for factor in ("country", "age_group", "channel", "gender"):
        question = Question(group_by=(factor,), genders=("male",))
        expected = {
            row.keys[factor]: (row.residents, row.index) for row in find_demand(question=question, actor=demo).rows
        }
        here = {level: row for (of, level), row in rows.items() if of == factor}
        assert {level: (row.residents, row.index) for level, row in here.items()} == expected
        known = [row for row in here.values() if row.effect is not None]
        assert sum(row.effect * row.residents for row in known) / sum(row.residents for row in known) == pytest.approx(
            100
        )


def test_the_first_answer_is_that_it_is_counted_and_then_there_are_pages(demo: User, manager: APIClient) -> None:
    body = answer(manager, URL).json()
    rows = body["data"]
    assert set(rows[0]) == {"factor", "level", "country", "residents", "index", "effect", "effect_low", "effect_high"}
    factors = list(dict.fromkeys(row["factor"] for row in rows))
    assert factors == ["city", "age_group", "channel", "gender"]
    of_channels = [row["effect"] for row in rows if row["factor"] == "channel"]
    assert of_channels == sorted(of_channels, reverse=True)
    assert (body["count"], body["meta"]["merged"], body["meta"]["imports"]) == (len(rows), 0, 3)
    page = manager.get(f"{URL}?ordering=-residents,level&limit=3&offset=2").json()
    ordered = sorted(rows, key=lambda row: (-row["residents"], row["level"]))
    assert [row["residents"] for row in page["data"]] == [row["residents"] for row in ordered[2:5]]
    assert page["next"]
    table: Any = manager.get(f"{URL}?format=csv&limit=1")
    lines = list(csv.reader(io.StringIO(b"".join(table.streaming_content).decode())))
    assert lines[0] == ["factor", "level", "country", "residents", "index", "effect", "effect_low", "effect_high"]
    assert [line[:2] for line in lines[1:]] == [[row["factor"], row["level"]] for row in rows]
    known = [row["effect"] for row in manager.get(URL, {"ordering": "effect"}).json()["data"]]
    assert known == sorted(known, key=lambda effect: (effect is None, effect))


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"place": "town"}, ("?place", "invalid_choice")),
        ({"ordering": "courses"}, ("?ordering", "invalid_choice")),
        ({"import_id": "9"}, ("?import_id", "invalid_choice")),
        ({"age_group": "1-2"}, ("?age_group", "invalid_choice")),
        ({"group_by": "city"}, ("?group_by", "unknown_parameter")),
    ],
)
def test_what_is_not_right_is_named(manager: APIClient, query: Any, error: tuple[str, str]) -> None:
    found = manager.get(URL, query)
    assert found.status_code == 400
    assert [(one["pointer"], one["code"]) for one in problem(found)["errors"]] == [error]


def test_without_residents_there_is_no_level(manager: APIClient) -> None:
    assert answer(manager, URL).json()["data"] == []
    make("a", {("Kyiv", 1, "tv", "male"): (9, 0, 0), ("Lviv", 1, "tv", "male"): (9, 0, 0)})
    # What was counted of an erased delivery is there, and its residents are not.
    rows = answer(manager, URL).json()["data"]
    assert [(row["level"], row["residents"], row["effect"]) for row in rows[:2]] == [
        ("Kyiv", 9, None),
        ("Lviv", 9, None),
    ]


def segment_counts() -> dict[SegmentKey, Counts]:
    """Segments that are large enough to be seen."""
    rates = {"Kyiv": 1.0, "Lviv": 1.5, "Odesa": 2.0, "tv": 2.0, "radio": 1.0}
    keys = product(rates, (1, 2, 3), rates, ("male", "female"))
    return {
        (town, age, channel, gender): (40 + 9 * age, int(40 * rates[town] * rates[channel]), 30)
        for town, age, channel, gender in keys
        if town not in ("tv", "radio") and channel in ("tv", "radio")
    }


def test_for_whoever_may_not_see_residents_they_are_made_of_what_everybody_may_see(
    client_of: Callable[[str], APIClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    make("a", segment_counts() | {("Kharkiv", 3, "tv", "male"): (2, 2, 1)})

    def read(_: Question) -> Any:
        raise AssertionError("residents are read")

    monkeypatch.setattr(rooms, "each_delivery", read)
    viewer = client_of("Viewers")
    body = viewer.get(URL).json()
    rows = {(row["factor"], row["level"]): row for row in body["data"]}
    assert "other" not in {level for _, level in rows}
    for factor in FACTORS:
        shown = viewer.get("/analytics/demand", {"group_by": factor}).json()["data"]
        expected = {row[factor]: row["index"] for row in shown if row[factor] != "other"}
        assert {level: row["index"] for (of, level), row in rows.items() if of == factor} == expected
    # The two residents of one city hide the segments of others; without cities there are none of these.
    assert (body["factors"], body["meta"]["merged"]) == (["age_group", "channel", "gender"], 0)
    known = {factor for (factor, _), row in rows.items() if row["effect"] is not None}
    assert known == {"age_group", "channel", "gender"}
    assert all(row["effect_low"] < row["effect"] < row["effect_high"] for row in rows.values() if row["effect"])


def test_where_everything_may_be_seen_a_city_is_held_equal_too(client_of: Callable[[str], APIClient]) -> None:
    make("a", segment_counts())
    body = client_of("Viewers").get(URL).json()
    assert (body["factors"], body["meta"]["merged"]) == (list(FACTORS), 0)
    found = {(row["factor"], row["level"]): row["effect"] for row in body["data"]}
    # The most and the least of them all else equal, as they were made.
    assert found["channel", "tv"] > 100 > found["channel", "radio"]
    assert found["city", "Odesa"] > found["city", "Kyiv"]


def test_who_has_no_role_is_refused(client_of: Callable[[str], APIClient]) -> None:
    assert APIClient().get(URL).status_code == 401
