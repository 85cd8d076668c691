"""Demand by group against the same worked out in Python, whatever is asked."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.services.find_demand import find_demand, find_opportunities
from analytics.services.questions import GROUPABLE, MEASURES, Question, Row
from analytics.services.settings import counting
from config.common.services.tokens import issue_token
from tests.analytics.counted import CHANNELS, GENDERS, TOWNS, Made, crowd, make, naive

pytestmark = pytest.mark.django_db
ROLES = {"Editors": False, "Viewers": True, "Importers": True, "Managers": False}
LABELS = ("0-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(st.just(()), st.lists(st.sampled_from((*values, "nowhere")), min_size=1, max_size=3).map(tuple))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    group_by = tuple(draw(st.lists(st.sampled_from(GROUPABLE), min_size=1, unique=True)))
    names = draw(st.lists(st.sampled_from((*group_by, *MEASURES)), unique=True, max_size=3))
    return Question(
        group_by=group_by,
        towns=draw(some(TOWNS)),
        age_groups=draw(some(LABELS)),
        channels=draw(some(CHANNELS)),
        genders=draw(some(GENDERS)),
        sources=draw(some(("a", "b", "c"))),
        min_residents=draw(st.sampled_from((0, 1, 5, 10, 10**18))),
        ordering=tuple(draw(st.sampled_from(("", "-"))) + name for name in names),
        limit=draw(st.one_of(st.none(), st.integers(1, 30))),
        offset=draw(st.integers(0, 20)),
    )


@pytest.fixture
def actors() -> dict[str, User]:
    for role in ROLES:
        issue_token(username=role, role=role)
    return {user.username: user for user in User.objects.all()}


@pytest.fixture
def imports() -> list[Made]:
    """Three sources, one of them with an older import, which no current picture holds."""
    older = make("a", crowd(9), is_current=False)
    return [older, *(make(source, crowd(seed)) for seed, source in enumerate("abc"))]


def row_of(keys: tuple[str, ...], counts: list[int], average: float, names: tuple[str, ...]) -> dict[str, Any]:
    residents, courses, buyers = counts
    numbers: dict[str, Any] = {"residents": residents, "courses": courses, "buyers": buyers}
    numbers["courses_per_100"] = 100 * courses / residents
    expected = average * residents / 100
    low = stats.chi2.ppf(0.025, 2 * courses) / 2 if courses else 0.0
    ends = (courses, low, stats.chi2.ppf(0.975, 2 * courses + 2) / 2)
    numbers |= dict.fromkeys(MEASURES[4:]) if not average else {
        name: end / expected for name, end in zip(MEASURES[4:], ends, strict=True)
    }  # fmt: skip
    return {"keys": dict(zip(names, keys, strict=True)), **numbers}


def expected_rows(counts: dict[Any, list[int]], question: Question) -> list[dict[str, Any]]:
    """In no order."""
    residents, courses = (sum(one[number] for one in counts.values()) for number in (0, 1))
    average = courses / residents if residents else 0.0
    rows = [row_of(keys, one, average, question.group_by) for keys, one in counts.items()]
    return [row for row in rows if row["residents"] >= question.min_residents]


def place(row: Row, name: str) -> Any:
    if name in MEASURES:
        return getattr(row, name) or 0
    value = row.keys[name]
    return (row.is_other, LABELS.index(value) if value in LABELS else -1 if name == "age_group" else value)


def in_order(rows: list[Row], question: Question, ordering: tuple[str, ...]) -> list[Row]:
    """Sorted by each of `ordering`, the last first; before that by the keys."""
    found = sorted(rows, key=lambda row: (row.is_other, *(place(row, name) for name in question.group_by)))
    for name in reversed(ordering):
        found.sort(key=lambda row: place(row, name.removeprefix("-")), reverse=name.startswith("-"))
        if name.startswith("-"):
            found = stable_again(found, name.removeprefix("-"), question)
    return found


def stable_again(rows: list[Row], name: str, question: Question) -> list[Row]:
    """Python's reversed sort keeps equal rows in their order already."""
    return rows


@pytest.mark.parametrize("role", ROLES)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions())
def test_every_question_is_answered_as_python_counts(
    role: str, imports: list[Made], actors: dict[str, User], question: Question
) -> None:
    current = [(made.source, made.now) for made in imports if made.is_current]
    wanted = expected_rows(naive(current, question, restricted=ROLES[role]), question)
    found = find_demand(question=replace(question, limit=None, offset=0), actor=actors[role])
    by_keys = {tuple(row.keys.items()): row for row in found.rows}
    assert (len(found.rows), found.count, len(by_keys)) == (len(wanted),) * 3
    for row in wanted:
        answered = by_keys[tuple(row["keys"].items())]
        assert {name: getattr(answered, name) for name in MEASURES} == pytest.approx(
            {name: row[name] for name in MEASURES}, abs=0.0051
        )
    assert found.rows == in_order(found.rows, question, question.ordering or ("-courses",))
    page = find_demand(question=question, actor=actors[role])
    stop = None if question.limit is None else question.offset + question.limit
    assert (page.rows, page.count, page.meta) == (found.rows[question.offset : stop], found.count, found.meta)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions())
def test_several_values_of_a_filter_are_the_sum_of_each(
    imports: list[Made], actors: dict[str, User], question: Question
) -> None:
    question = replace(question, towns=TOWNS[:3], min_residents=0, limit=None, offset=0)
    whole = find_demand(question=question, actor=actors["Viewers"])
    parts = [find_demand(question=replace(question, towns=(town,)), actor=actors["Viewers"]) for town in TOWNS[:3]]
    assert totals([whole.rows]) == totals([part.rows for part in parts])


def totals(answers: list[list[Row]]) -> dict[Any, tuple[int, ...]]:
    sums: dict[Any, tuple[int, ...]] = {}
    for row in (row for rows in answers for row in rows):
        key, before = tuple(row.keys.values()), sums.get(tuple(row.keys.values()), (0, 0, 0))
        sums[key] = tuple(a + b for a, b in zip(before, (row.residents, row.courses, row.buyers), strict=True))
    return sums


def test_without_any_import_there_is_nothing(actors: dict[str, User]) -> None:
    found = find_demand(question=Question(), actor=actors["Editors"])
    assert (found.rows, found.count) == ([], 0)
    assert (found.meta.refreshed_at, found.meta.imports, found.meta.stale, found.meta.as_of) == (None, 0, False, None)


def test_where_nobody_has_relatives_there_is_no_index(actors: dict[str, User]) -> None:
    make("a", {("Kyiv", 1, "tv", "male"): (10, 0, 0), ("Lviv", 1, "tv", "male"): (20, 0, 0)})
    rows = find_opportunities(question=Question(group_by=("town",)), actor=actors["Viewers"]).rows
    assert rows == [
        Row({"town": "Kyiv"}, 10, 0, 0, 0.0, None, None, None),
        Row({"town": "Lviv"}, 20, 0, 0, 0.0, None, None, None),
    ]


def test_a_lucky_handful_is_no_opportunity(actors: dict[str, User]) -> None:
    make("a", {("Few", 1, "tv", "male"): (5, 12, 5), ("Many", 1, "tv", "male"): (500, 900, 400),
               ("Rest", 1, "tv", "male"): (5_000, 3_000, 3_000)})  # fmt: skip
    question = Question(group_by=("town",))
    rows = find_opportunities(question=question, actor=actors["Editors"]).rows
    assert [row.keys["town"] for row in rows] == ["Many", "Few", "Rest"]
    assert [row.index_low for row in rows] == sorted((row.index_low or 0 for row in rows), reverse=True)
    by_index = find_opportunities(question=replace(question, ordering=("-index",)), actor=actors["Editors"]).rows
    assert [row.keys["town"] for row in by_index] == ["Few", "Many", "Rest"]


def test_labels_are_those_by_which_was_counted(actors: dict[str, User]) -> None:
    assert counting().age_groups.labels == LABELS
