"""Courses from group to group, against the same counted course by course, and over HTTP."""

from collections import Counter
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from rest_framework.test import APIClient

from analytics.api.decisions.flows import FLOWS
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.kept import NotCountedYet
from analytics.services.asking.questions import Question
from analytics.services.deciding.flows import Flows, find_flows
from config.common.problems import Forbidden
from tests.analytics.api.test_demand import cells, errors
from tests.analytics.api.test_tables import sheet
from tests.analytics.decisions.helpers import answer, work_out_all
from tests.analytics.decisions.related import courses, deliver, group, is_chosen, positive, questions
from tests.effort import tries

pytestmark = pytest.mark.django_db
URL = "/analytics/flows"


def flows(question: Question, actor: User) -> Flows:
    """The answer, whether a worker has to have its turn or not."""
    try:
        return find_flows(question=question, actor=actor)
    except NotCountedYet:
        work_out_all()
    return find_flows(question=question, actor=actor)


def test_the_flows_are_those_of_each_course_and_what_a_group_buys_adds_up_to_demand(superuser: User) -> None:
    every = list(courses(deliver()))

    @settings(max_examples=tries(60), deadline=None, suppress_health_check=list(HealthCheck))
    @given(question=questions(most_keys=2))
    def agree(question: Question) -> None:
        rows = list(flows(question, superuser).rows())
        expected = Counter(
            (group(question, buyer), group(question, recipient))
            for buyer, recipient, _ in every
            if is_chosen(question, buyer)
        )
        assert {(tuple(row.buyer.values()), tuple(row.recipient.values())): row.courses for row in rows} == expected
        bought: Counter[Any] = Counter()
        for row in rows:
            bought[tuple(row.buyer.values())] += row.courses
            assert 0 <= row.share_low <= row.share <= row.share_high <= 1
        demand = find_demand(question=question, actor=superuser).rows
        assert bought == positive({tuple(row.keys.values()): row.courses for row in demand})
        assert [row.courses for row in rows] == sorted((row.courses for row in rows), reverse=True)

    agree()


def test_an_answer_names_both_ends(manager: APIClient) -> None:
    every = list(courses(deliver()))
    body = answer(manager, f"{URL}?channel=tv&limit=2").json()
    assert {row["from"]["channel"] for row in body["data"]} == {"tv"}
    [first, second] = body["data"]
    expected = Counter(to["channel"] for buyer, to, _ in every if buyer["channel"] == "tv").most_common(2)
    assert [(row["to"]["channel"], row["courses"]) for row in (first, second)] == expected
    assert (list(first), body["count"]) == (["from", "to", "courses"], 3)
    assert body.keys() == FLOWS.value.keys()


def test_pages_orders_and_tables_are_of_the_same_rows(manager: APIClient) -> None:
    deliver()
    url = f"{URL}?group_by=city,gender&ordering=-to_gender,from_country,courses"
    whole = answer(manager, f"{url}&limit=1000").json()["data"]
    assert manager.get(f"{url}&limit=5&offset=10").json()["data"] == whole[10:15]
    expected = sorted(
        whole, key=lambda row: [(value is None, value or "") for end in ("from", "to") for value in row[end].values()]
    )
    expected.sort(key=lambda row: row["courses"])
    expected.sort(key=lambda row: (row["from"]["country"] is None, row["from"]["country"] or ""))
    expected.sort(key=lambda row: row["to"]["gender"], reverse=True)
    assert whole == expected
    header, *rows = cells(manager.get(f"{url}&limit=1&format=csv"))
    ends = [f"{end}_{key}" for end in ("from", "to") for key in ("city", "country", "gender")]
    assert header == [*ends, "courses"]
    flat = [[*row["from"].values(), *row["to"].values(), row["courses"]] for row in whole]
    assert rows == [["" if value is None else str(value) for value in row] for row in flat]
    assert len(sheet(manager.get(f"{url}&format=xlsx"))) == 1 + len(whole)


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("group_by=city,channel,gender", "?group_by", "max_length"),
        ("group_by=month", "?group_by", "invalid_choice"),
        ("ordering=from_city", "?ordering", "not_grouped"),
        ("ordering=channel", "?ordering", "invalid_choice"),
        ("of=recipient", "?of", "unknown_parameter"),
    ],
)
def test_what_is_wrong_is_named(manager: APIClient, query: str, pointer: str, code: str) -> None:
    assert errors(manager.get(f"{URL}?{query}")) == [(pointer, code)]


@pytest.mark.parametrize("role", ["Viewers", "Importers"])
def test_who_may_not_see_residents_is_not_told_of_pairs_of_them(client_of: Any, role: str) -> None:
    client = client_of(role)
    assert client.get(URL).status_code == 403
    with pytest.raises(Forbidden):
        find_flows(question=Question(group_by=("channel",)), actor=User.objects.get(username=role.lower()))
