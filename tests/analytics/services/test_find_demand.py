"""Demand by group against the same worked out in Python, whatever is asked."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.services.asking.find_demand import find_demand, find_opportunities
from analytics.services.asking.questions import GROUPABLE, MEASURES, UNPLACED, Question, Row
from config.common.accounts.services.tokens import issue_token
from tests.analytics.counted import (
    CHANNELS,
    GENDERS,
    TOWNS,
    Made,
    crowd,
    make,
    naive,
    place_towns_of_crowd,
)
from tests.effort import tries

pytestmark = pytest.mark.django_db
ROLES = {"Editors": False, "Viewers": True, "Importers": True, "Managers": False}
LABELS = ("0-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(st.just(()), st.lists(st.sampled_from((*values, "nowhere")), min_size=1, max_size=3).map(tuple))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    group_by = tuple(draw(st.lists(st.sampled_from(GROUPABLE), min_size=1, unique=True)))
    names = draw(st.lists(st.sampled_from((*Question(group_by=group_by).columns, *MEASURES)), unique=True, max_size=3))
    return Question(
        group_by=group_by,
        countries=draw(some(("UA", "FR", UNPLACED))),
        cities=draw(some(("Kyiv", "Lyon", "other"))),
        towns=draw(some(TOWNS)),
        age_groups=draw(some(LABELS)),
        channels=draw(some(CHANNELS)),
        genders=draw(some(GENDERS)),
        sources=draw(some(("a", "b", "c"))),
        min_residents=draw(st.sampled_from((0, 1, 5, 10, 10**18))),
        index_of_all=draw(st.booleans()),
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
    place_towns_of_crowd()
    older = make("a", crowd(9), is_current=False)
    return [older, *(make(source, crowd(seed)) for seed, source in enumerate("abc"))]


def expected_rows(
    counts: dict[Any, list[int]], question: Question, *, base: dict[Any, list[int]] | None = None
) -> dict[tuple[str, ...], list[float]]:
    """The measures of each row by its keys; an index of None is -1. `base`: the rows that 100 is the average of."""
    residents, courses, buyers = np.array([*counts.values(), [0, 0, 0]], dtype=np.float64).T
    people, bought, _ = np.array([*(counts if base is None else base).values(), [0, 0, 0]]).sum(axis=0)
    expected = residents * (bought / max(people, 1)) / 100
    index = np.divide(courses, expected, where=expected > 0, out=np.full(len(expected), -1.0))
    rows = np.array([residents, courses, buyers, 100 * courses / np.maximum(residents, 1), index]).T
    return {keys: row for keys, row in zip(counts, rows.tolist(), strict=False) if row[0] >= question.min_residents}


def shown(row: Row) -> list[float]:
    return [-1 if (value := getattr(row, name)) is None else value for name in MEASURES[: MEASURES.index("index") + 1]]


def position(row: Row, name: str) -> Any:
    if name in MEASURES:
        return getattr(row, name) or 0
    value = row.keys[name]
    if name == "age_group":
        return (row.is_other, LABELS.index(value) if value in LABELS else -1)
    return (row.is_other, value is None, value or "")


def in_order(rows: list[Row], question: Question, ordering: tuple[str, ...]) -> list[Row]:
    """Sorted by each of `ordering`, the last first; before that by the keys; what is merged comes last."""
    found = sorted(rows, key=lambda row: (row.is_other, *(position(row, name) for name in question.columns)))
    for name in reversed(ordering):
        found.sort(key=lambda row: position(row, name.removeprefix("-")), reverse=name.startswith("-"))
    return sorted(found, key=lambda row: row.is_other)


@pytest.mark.parametrize("role", ["Editors", "Viewers"])
@settings(max_examples=tries(35), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions())
def test_every_question_is_answered_as_python_counts(
    role: str, imports: list[Made], actors: dict[str, User], question: Question
) -> None:
    current = [(made.source, made.now) for made in imports if made.is_current]
    counts, base = (naive(current, one, restricted=ROLES[role]) for one in (question, question.of_all))
    wanted = expected_rows(counts, question, base=base if question.index_of_all else None)
    found = find_demand(question=replace(question, limit=None, offset=0), actor=actors[role])
    rows = {tuple(row.keys.values()): shown(row) for row in found.rows}
    assert (len(found.rows), found.count, set(rows)) == (len(wanted), len(wanted), set(wanted))
    np.testing.assert_allclose([rows[keys] for keys in wanted], list(wanted.values()), rtol=0, atol=0.0051)
    for row in found.rows:
        if row.index is not None and row.index_low is not None and row.index_high is not None:
            assert row.index_low <= row.index <= row.index_high
            assert 0 <= (row.own_share or 0) <= 1
    assert found.rows == in_order(found.rows, question, question.ordering or ("-courses",))
    page = find_demand(question=question, actor=actors[role])
    stop = None if question.limit is None else question.offset + question.limit
    assert (page.rows, page.count, page.meta) == (found.rows[question.offset : stop], found.count, found.meta)


@settings(max_examples=tries(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


@pytest.mark.parametrize("ordering", [(), ("-index_low",), ("residents", "-channel"), ("-town",), ("index_high",)])
@pytest.mark.parametrize("role", ["Editors", "Viewers"])
def test_pages_one_after_the_other_are_all_rows_once(
    role: str, imports: list[Made], actors: dict[str, User], ordering: tuple[str, ...]
) -> None:
    make("d", crowd(5, segments=150, largest=500))
    question = Question(group_by=("town", "channel"), ordering=ordering)
    whole = find_demand(question=question, actor=actors[role])
    pages = [
        find_demand(question=replace(question, limit=3, offset=offset), actor=actors[role]).rows
        for offset in range(0, whole.count + 3, 3)
    ]
    assert ([row for page in pages for row in page], pages[-1]) == (whole.rows, [])
    assert whole.count > 6


@pytest.mark.parametrize("group_by", [("town",), ("town", "channel"), ("channel",), ("channel", "source")])
def test_what_is_named_other_and_what_is_merged_are_one_row(actors: dict[str, User], group_by: tuple[str, ...]) -> None:
    make("a", {("other", 1, "other", "male"): (9, 3, 3), ("Few", 1, "few", "male"): (4, 1, 1),
               ("One", 1, "one", "male"): (4, 1, 1), ("Big", 1, "tv", "male"): (20, 9, 9)})  # fmt: skip
    rows = find_demand(question=Question(group_by=group_by), actor=actors["Viewers"]).rows
    assert [(row.residents, row.is_other) for row in rows] == [(20, False), (17, True)]


@pytest.mark.parametrize("role", ["Editors", "Viewers"])
def test_names_come_back_as_they_are(role: str, actors: dict[str, User]) -> None:
    odd = ["\x1f", ",", "{}", '"', "\\", "\n", "'", "%s", "-", "\U0010ffff", "\u00a0", "\u200d", "É", "ß", "ﬁ"]
    names = sorted(["NULL", *(f"{number} {characters}x" for number, characters in enumerate(odd))])
    make("a", {(name, 1, name, "male"): (9, 3, 3) for name in names})
    question = Question(group_by=("channel", "gender", "town"), ordering=("town",))
    rows = find_demand(question=question, actor=actors[role]).rows
    assert [tuple(row.keys.values()) for row in rows] == [(name, "male", name) for name in names]


def test_where_nobody_has_relatives_there_is_no_index(actors: dict[str, User]) -> None:
    make("a", {("Kyiv", 1, "tv", "male"): (10, 0, 0), ("Lviv", 1, "tv", "male"): (20, 0, 0)})
    question = Question(group_by=("town",))
    assert find_opportunities(question=question, actor=actors["Viewers"]).rows == []
    assert find_opportunities(question=question, actor=actors["Editors"]).rows == [
        Row({"town": "Kyiv"}, 10, 0, 0, 0.0, None, None, None, None, None, None),
        Row({"town": "Lviv"}, 20, 0, 0, 0.0, None, None, None, None, None, None),
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


@pytest.mark.parametrize("role", ROLES)
def test_small_segments_are_merged_for_those_who_may_not_see_residents(role: str, actors: dict[str, User]) -> None:
    make(
        "a",
        {("Big", 1, "tv", "male"): (9, 3, 3), ("Few", 1, "tv", "male"): (4, 3, 3), ("One", 1, "tv", "male"): (1, 0, 0)},
    )
    rows = find_demand(question=Question(group_by=("town",), ordering=("town",)), actor=actors[role]).rows
    names = ["Big", "other"] if ROLES[role] else ["Big", "Few", "One"]
    assert ([row.keys["town"] for row in rows], sum(row.residents for row in rows)) == (names, 14)
