"""A segment and its neighbours against the rows of the ranking that they come from."""

import random
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.services.asking.find_around import PLACE, find_around
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.questions import UNPLACED, Question
from config.common.accounts.services.tokens import issue_token
from tests.analytics.counted import make

pytestmark = pytest.mark.django_db
GROUPINGS = (
    ("city", "age_group", "channel"),
    ("city", "age_group"),
    ("town", "gender"),
    ("country", "channel"),
    ("city",),
)
PLACES = {"country", "city", "town"}
MOST = 3


@pytest.fixture
def crowd() -> None:
    """Segments of all kinds, some of them small."""
    draw = random.Random(5)  # no secret
    keys = [(town, age, channel, gender) for town in ("Kyiv", "Lviv", "Odesa", "Rivne") for age in range(4)
            for channel in ("tv", "radio") for gender in ("female", "male")]  # fmt: skip
    make("a", {key: (number := draw.randint(1, 30), draw.randint(0, 60), min(number, 9)) for key in keys})


@pytest.mark.parametrize("role", ["Managers", "Viewers"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(group_by=st.sampled_from(GROUPINGS), number=st.integers(0, 200))
def test_they_are_the_rows_that_differ_in_one_key(crowd: None, role: str, group_by: Any, number: int) -> None:
    if not (actor := User.objects.filter(username=role).first()):
        issue_token(username=role, role=role)
        actor = User.objects.get(username=role)
    question = Question(group_by=group_by, index_of_all=True)
    rows = [row for row in find_demand(question=question, actor=actor).rows if not row.is_other]
    if not rows:
        return
    own = rows[number % len(rows)]
    keys = {key: value or UNPLACED for key, value in own.keys.items()}
    around = find_around(question=question, keys=keys, most=MOST, actor=actor)
    assert around.own == own
    differing = {PLACE if key in PLACES else key for key in own.keys}
    assert around.beside.keys() == differing
    for key in differing:
        rest = [name for name in own.keys if name != key and not (key == PLACE and name in PLACES)]
        beside = [row for row in rows if all(row.keys[name] == own.keys[name] for name in rest)]
        found = around.beside[key]
        assert own in found
        if key == PLACE:
            most = sorted((row for row in beside if row != own), key=lambda row: -row.courses)[: MOST - 1]
            assert [row.courses for row in found] == [own.courses, *(row.courses for row in most)]
            beside = [row for row in beside if row in found]
        assert {str(row) for row in found} == {str(row) for row in beside}


def test_a_name_of_nobody_has_no_figure(crowd: None) -> None:
    actor = User.objects.create_superuser("root")
    question = Question(group_by=("city",), index_of_all=True)
    around = find_around(question=question, keys={"city": "Atlantis"}, most=MOST, actor=actor)
    assert (around.own, around.beside) == (None, {})
