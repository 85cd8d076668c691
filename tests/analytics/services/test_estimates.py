"""Intervals and expectations of real residents: what is stored gives what is computed pair by pair."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User

from analytics.arrays import Ints
from analytics.dimensions import BITS
from analytics.intervals import Pairs
from analytics.services.asking.find_demand import find_demand, find_opportunities
from analytics.services.asking.questions import Question
from analytics.services.asking.read_groups import read_groups
from analytics.services.asking.scopes import scope_of
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.counting.settings import counting
from config.common.accounts.services.tokens import issue_token
from imports.demo.deliveries import make_demo
from tests.analytics import naive_ties
from tests.imports.world import load

pytestmark = pytest.mark.django_db

QUESTIONS = [
    Question(group_by=()),
    Question(group_by=("gender",)),
    Question(group_by=("age_group", "channel")),
    Question(group_by=("city",)),
    Question(group_by=("town", "age_group")),
    Question(group_by=("country",)),
    Question(group_by=("city",), channels=("instagram",)),
    Question(group_by=("gender",), age_groups=("18-24",)),
    Question(group_by=("gender",), towns=("bogota", "lima")),
    Question(group_by=("source", "channel")),
]


@pytest.fixture
def demo() -> list[int]:
    """Two deliveries of each of the demo's sources, some of them small."""
    ids = [
        load(delivery.citizens, source=delivery.source) for delivery in make_demo(citizens=400, seed=5, deliveries=2)
    ]
    refresh_demand()
    return ids[3:]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: str((one.group_by, one.filters)))
def test_pairs_within_groups_are_those_that_are_counted_one_by_one(demo: list[int], question: Question) -> None:
    groups = read_groups(question, scope_of(question), restricted=False)
    spread = groups.spread
    assert spread is not None
    wanted: defaultdict[Any, Ints] = defaultdict(lambda: np.zeros(6, dtype=np.int64))
    reaching = np.zeros(4)
    for number, import_id in enumerate(demo):
        known = naive_ties.residents(import_id, datetime.now(UTC).date())
        for one in known.values():
            if _passes(question, one):
                wanted[_group(question, one, number)][:3] += [1, one["courses"], one["courses"] ** 2]
        for one, other in naive_ties.pairs(known):
            if _passes(question, one) and _alike(question.filters, one, other):
                sums = np.array([1, one["courses"], other["courses"], one["courses"] * other["courses"]])
                reaching += sums
                if _alike(question.keys, one, other):
                    wanted[_group(question, one, number)][3:] += sums[[0, 1, 3]]
    inside = spread.inside
    found = zip(
        groups.residents, groups.courses, spread.squares, inside.number, inside.courses, inside.products, strict=True
    )
    assert sorted(tuple(map(int, row)) for row in found) == sorted(tuple(row.tolist()) for row in wanted.values())
    np.testing.assert_allclose([getattr(spread.reaching, name).sum() for name in Pairs.__slots__], reaching)


@pytest.mark.parametrize("role", ["Editors", "Viewers"])
@pytest.mark.parametrize(
    "question", [*QUESTIONS, Question(), Question(index_of_all=True, channels=("radio",))], ids=str
)
def test_every_row_has_an_interval_and_what_is_expected(demo: list[int], role: str, question: Question) -> None:
    issue_token(username=role, role=role)
    rows = find_demand(question=question, actor=User.objects.get(username=role)).rows
    assert rows
    for row in rows:
        low, high, expected, share = row.index_low, row.index_high, row.expected_index, row.own_share
        assert None not in (row.index, low, high, expected, share, row.lowest)
        assert low <= row.index <= high  # type: ignore[operator]
        assert len(rows) == 1 or row.lowest <= low + 0.01  # type: ignore[operator]
        assert 0 <= share <= 1  # type: ignore[operator]
        assert expected >= 0  # type: ignore[operator]


def test_opportunities_are_in_the_order_of_what_is_expected(demo: list[int]) -> None:
    issue_token(username="editor", role="Editors")
    actor = User.objects.get(username="editor")
    rows = find_opportunities(question=Question(ordering=("-expected_index",)), actor=actor).rows
    expected = [row.expected_index or 0 for row in rows]
    assert expected == sorted(expected, reverse=True)
    assert expected[0] > expected[-1]
    # By default the less sure ones come later.
    by_default = [row.expected_index or 0 for row in find_opportunities(question=Question(), actor=actor).rows]
    assert by_default != expected
    assert sorted(by_default) == sorted(expected)


def _alike(keys: Iterable[str], one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[key] == other[key] for key in keys if key in BITS)


def _passes(question: Question, one: dict[str, Any]) -> bool:
    labels = counting().age_groups.labels
    known = one | {"age_group": labels[one["age_group"]]}
    return all(known[key] in chosen for key, chosen in question.filters.items())


def _group(question: Question, one: dict[str, Any], number: int) -> tuple[Any, ...]:
    return tuple(one.get(key, number) for key in question.group_by)
