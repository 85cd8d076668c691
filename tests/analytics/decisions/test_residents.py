"""What computations read of residents agrees with the demand that was counted of them."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.questions import Question
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.deciding.residents import Residents, each_delivery
from imports.demo.deliveries import make_demo
from imports.services.loading.load_document import load_document
from tests.analytics.counted import place

pytestmark = pytest.mark.django_db
KEYS = ("country", "city", "town", "age_group", "channel", "gender")


@pytest.fixture
def root() -> User:
    """Two deliveries are counted, towns of one city among them."""
    place("Kyiv", city="Kyiv", country="UA")
    place("Київ", city="Kyiv", country="UA")
    user = User.objects.create_superuser("root")
    for delivery in make_demo(citizens=120, seed=3):
        load_document(body=delivery.body, source=delivery.source, actor=user)
    refresh_demand()
    return user


def label(one: Residents, key: str, resident: int) -> str | None:
    return one.names[key][int(one.keys[key][resident])]


def counted(question: Question) -> Counter[Any]:
    """Residents and courses by the keys of a question."""
    found: Counter[Any] = Counter()
    for one in each_delivery(question):
        for resident in range(len(one.ids)):
            if one.matches[resident]:
                keys = tuple(label(one, key, resident) for key in question.columns)
                found[*keys, "residents"] += 1
                found[*keys, "courses"] += int(one.courses[resident])
    return found


def test_they_are_those_of_demand_by_whatever_keys_and_filters(root: User) -> None:
    rows = find_demand(question=Question(group_by=KEYS), actor=root).rows

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def agree(data: st.DataObject) -> None:
        group_by = tuple(data.draw(st.lists(st.sampled_from(KEYS), unique=True)))
        chosen = data.draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(rows), max_size=3))
        names = dict(zip(KEYS, ("countries", "cities", "towns", "age_groups", "channels", "genders"), strict=True))
        filters: Any = {names[key]: (row.keys[key] or "none",) for key, row in chosen.items()}
        question = replace(Question(group_by=group_by), **filters)
        expected: Counter[Any] = Counter()
        for row in find_demand(question=question, actor=root).rows:
            keys = tuple(row.keys[key] for key in question.columns)
            expected[*keys, "residents"], expected[*keys, "courses"] = row.residents, row.courses
        assert +counted(question) == +expected

    agree()


def test_both_ends_of_each_course_are_those_who_name_each_other(root: User) -> None:
    for one in each_delivery(Question()):
        bought = Counter(one.buyer.tolist())
        assert [bought[place] for place in range(len(one.ids))] == one.courses.tolist()
        assert one.recipient.min() >= 0
        pairs = set(zip(one.buyer.tolist(), one.recipient.tolist(), strict=True))
        # Whoever is related to somebody is named by them too.
        assert {(other, own) for own, other in pairs} == pairs
