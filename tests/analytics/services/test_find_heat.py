"""The heat map's rows are those of the demand by city and age group, as many cities as asked for."""

from collections import defaultdict

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.find_heat import find_heat
from analytics.services.asking.questions import Question
from config.common.accounts.services.tokens import issue_token
from tests.analytics.decisions.related import deliver
from tests.effort import tries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["Editors", "Viewers"])
def test_cities_are_those_with_the_most_courses_and_the_rest_adds_up(role: str) -> None:
    issue_token(username="somebody", role=role)
    actor = User.objects.get(username="somebody")
    deliver(residents=240, relations=450)

    @settings(max_examples=tries(20), deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        cities=st.integers(0, 6),
        channels=st.sampled_from([(), ("radio",), ("tv", "radio"), ("none",)]),
        min_residents=st.sampled_from([0, 3, 20]),
    )
    def agree(cities: int, channels: tuple[str, ...], min_residents: int) -> None:
        question = Question(channels=channels, min_residents=min_residents)
        found = find_heat(question=question, cities=cities, actor=actor)
        every = find_demand(
            question=Question(group_by=("city", "age_group"), channels=channels, min_residents=min_residents),
            actor=actor,
        )
        courses: defaultdict[tuple[str | None, str | None], int] = defaultdict(int)
        for row in every.rows:
            if not row.is_other:
                courses[row.keys["city"], row.keys["country"]] += row.courses
        shown = list(dict.fromkeys((row.keys["city"], row.keys["country"]) for row in found.rows))
        assert [courses[city] for city in shown] == sorted(courses.values(), reverse=True)[:cities]
        expected = [row for row in every.rows if (row.keys["city"], row.keys["country"]) in shown and not row.is_other]
        assert {str(row) for row in found.rows} == {str(row) for row in expected}
        assert len(found.rows) == len(expected)
        assert (found.more, found.more_courses) == (
            len(courses) - len(shown),
            sum(courses.values()) - sum(courses[city] for city in shown),
        )
        assert (found.merged, found.count) == ([row for row in every.rows if row.is_other], every.count)
        assert found.meta == every.meta

    agree()
