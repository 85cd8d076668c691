"""Courses by month, against the same counted course by course, and over HTTP."""

from collections import Counter
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from analytics.api.decisions.calendar import CALENDAR
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.kept import NotCountedYet
from analytics.services.asking.questions import Question
from analytics.services.deciding.calendar import Calendar, Of, find_calendar
from imports.models import Import
from tests.analytics.api.test_demand import cells, errors
from tests.analytics.api.test_tables import sheet
from tests.analytics.decisions.helpers import answer, work_out_all
from tests.analytics.decisions.related import courses, deliver, group, is_chosen, positive, questions
from tests.effort import tries

pytestmark = pytest.mark.django_db
URL = "/analytics/calendar"


def calendar(question: Question, of: Of, actor: User) -> Calendar:
    """The answer, whether a worker has to have its turn or not."""
    try:
        return find_calendar(question=question, of=of, actor=actor)
    except NotCountedYet:
        work_out_all()
    return find_calendar(question=question, of=of, actor=actor)


def test_the_months_are_those_of_each_course_and_add_up_to_demand(superuser: User) -> None:
    every = list(courses(deliver()))

    @settings(max_examples=tries(60), deadline=None, suppress_health_check=list(HealthCheck))
    @given(question=questions(), of=st.sampled_from(["buyer", "recipient"]))
    def agree(question: Question, of: Of) -> None:
        found = calendar(question, of, superuser)
        expected: Counter[Any] = Counter()
        for buyer, recipient, month in every:
            keys = buyer if of == "buyer" else recipient
            if is_chosen(question, keys):
                expected[*group(question, keys), month] += 1
        rows = found.rows(question)
        assert positive({(*row.keys.values(), row.month): row.courses for row in rows}) == expected
        assert len(rows) == 12 * len(found.groups)
        demand = find_demand(question=question, actor=superuser).rows
        assert [group.courses for group in found.groups] == [row.courses for row in demand]
        assert {tuple(group.keys.values()) for group in found.groups} == {tuple(row.keys.values()) for row in demand}
        assert all(sum(group.months) == group.courses for group in found.groups)

    agree()


def test_an_answer_has_all_twelve_months_of_each_group_and_says_what_they_are(manager: APIClient) -> None:
    every = list(courses(deliver()))
    body = answer(manager, f"{URL}?channel=tv").json()
    [first, *_] = body["data"]
    assert (list(first), {row["channel"] for row in body["data"]}) == (["channel", "month", "courses"], {"tv"})
    assert [row["month"] for row in body["data"]] == list(range(1, 13))
    assert sum(row["courses"] for row in body["data"]) == sum(buyer["channel"] == "tv" for buyer, *_ in every)
    assert (body["count"], body["months"], body["meta"]["merged"], body["meta"]["imports"]) == (12, "counted", 0, 2)
    assert {name: type(value) for name, value in body.items()} == {
        name: type(value) for name, value in CALENDAR.value.items()
    }


def test_pages_orders_and_tables_are_of_the_same_rows(manager: APIClient) -> None:
    deliver()
    whole = answer(manager, f"{URL}?group_by=city&limit=1000").json()["data"]
    assert list(whole[0]) == ["city", "country", "month", "courses"]
    assert {row["country"] for row in whole} == {"UA", "FR", None}
    sums = [sum(row["courses"] for row in whole[start : start + 12]) for start in range(0, 36, 12)]
    assert sums == sorted(sums, reverse=True)
    assert manager.get(f"{URL}?group_by=city&limit=5&offset=10").json()["data"] == whole[10:15]
    sorted_rows = manager.get(f"{URL}?group_by=city&ordering=-month,country&limit=4").json()["data"]
    assert [(row["month"], row["country"]) for row in sorted_rows] == [(12, "FR"), (12, "UA"), (12, None), (11, "FR")]
    header, *rows = cells(manager.get(f"{URL}?group_by=city&limit=1&format=csv"))
    assert header == ["city", "country", "month", "courses"]
    assert rows == [["" if value is None else str(value) for value in row.values()] for row in whole]
    assert len(sheet(manager.get(f"{URL}?group_by=city&format=xlsx"))) == 1 + len(whole)


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("group_by=month", "?group_by", "invalid_choice"),
        ("of=seller", "?of", "invalid_choice"),
        ("ordering=city", "?ordering", "not_grouped"),
        ("ordering=residents", "?ordering", "invalid_choice"),
        ("import_id=999", "?import_id", "invalid_choice"),
        ("min_residents=3", "?min_residents", "unknown_parameter"),
        ("country=Kyiv", "?country", "invalid_choice"),
    ],
)
def test_what_is_wrong_is_named(manager: APIClient, query: str, pointer: str, code: str) -> None:
    assert errors(manager.get(f"{URL}?{query}")) == [(pointer, code)]


@pytest.mark.parametrize("url", [URL, "/analytics/flows"])
def test_of_an_erased_import_nobody_knows_the_months(manager: APIClient, url: str) -> None:
    deliver()
    number = Import.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert answer(manager, f"{url}?import_id={number}").json()["meta"]["imports"] == 1
    Import.objects.filter(pk=number).update(status="erased")
    assert manager.get(f"{url}?import_id={number}").status_code == 410


def test_without_any_import_there_is_nothing(manager: APIClient) -> None:
    assert answer(manager, URL).json()["data"] == []
