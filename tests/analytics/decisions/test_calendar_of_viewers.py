"""What those see of months of birth who may not see residents: two margins, and of the second drawn months alone."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from hypothesis import HealthCheck, given, settings
from rest_framework.test import APIClient

from analytics.birth_months import EVEN, shares
from analytics.models import ImportDemand, Perturbation
from analytics.perturbation import COURSES, DRAWN_MONTH, MONTH_HASH
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.kept import NotCountedYet, kept
from analytics.services.asking.questions import Question
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.deciding.calendar import Calendar
from analytics.services.deciding.drawn_months import DRAWN_MONTHS
from config.common.accounts.services.tokens import issue_token
from imports.fields import Patch
from imports.models import Citizen, Import
from imports.services.residents.correct_resident import correct_resident
from tests.analytics.decisions.helpers import answer, work_out_all
from tests.analytics.decisions.related import deliver, questions
from tests.analytics.decisions.test_calendar import URL, calendar
from tests.effort import tries

pytestmark = pytest.mark.django_db
SECRET = 4_711
_DRAWN = f"""
    SELECT month, bought, {DRAWN_MONTH}, {COURSES} FROM (
        SELECT *, {MONTH_HASH} AS hash
        FROM (
            SELECT citizen_id, 1 + citizen_id / 4000 AS month, 3 AS bought
            FROM generate_series(0, 47999) AS citizen_id
        ) AS known
    ) AS hashed
"""


@pytest.fixture
def viewer(db: None) -> User:
    issue_token(username="viewer", role="Viewers")
    return User.objects.get(username="viewer")


def drawn(*, changes: int) -> list[tuple[int, int, int, int]]:
    """Month, courses, drawn month and weight of 4,000 residents of each month."""
    with connection.cursor() as cursor:
        cursor.execute(_DRAWN, {"secret": SECRET, "changes": changes})
        return list(cursor.fetchall())


def margin() -> dict[str, Any]:
    """The months of all residents, as they are kept for everybody."""
    asked = Question(group_by=())
    try:
        return dict(kept(DRAWN_MONTHS, asked))
    except NotCountedYet:
        work_out_all()
    return dict(kept(DRAWN_MONTHS, asked))


def test_a_drawn_month_is_likelier_the_own_one_by_thirteen_to_one_and_all_others_are_alike() -> None:
    found = Counter((month, draw) for month, _, draw, _ in drawn(changes=3))
    own = [found[month, month] / 4000 for month in range(1, 13)]
    others = [found[month, draw] / 4000 for month in range(1, 13) for draw in range(1, 13) if month != draw]
    assert len(others) == 132
    # 13/24 and 1/24, by five standard errors.
    assert max(abs(share - 13 / 24) for share in own) < 5 * (13 / 24 * 11 / 24 / 4000) ** 0.5
    assert max(abs(share - 1 / 24) for share in others) < 5 * (1 / 24 * 23 / 24 / 4000) ** 0.5


def test_a_drawn_month_is_drawn_once_for_ever_and_weights_a_few_times() -> None:
    looks = [drawn(changes=changes) for changes in range(0, 64, 8)]
    assert {tuple(draw for _, _, draw, _ in look) for look in looks} == {tuple(draw for _, _, draw, _ in looks[0])}
    weights = np.array([[weight for *_, weight in look] for look in looks])
    assert (weights.min(), weights.max()) == (0, 6)
    assert abs(weights.mean() - 3) < 0.05
    assert max(len(set(of_one)) for of_one in weights.T.tolist()) <= 4
    changed = (weights[1:] != weights[:-1]).mean(axis=1)
    assert 0.2 < changed.mean() < 0.45


def test_answers_are_made_of_demand_and_of_one_distribution_whatever_is_asked(viewer: User) -> None:
    deliver(residents=240, relations=450)
    whole = margin()
    assert len(Import.objects.all()) == 3
    assert whole["squares"] > 0

    @settings(max_examples=tries(30), deadline=None, suppress_health_check=list(HealthCheck))
    @given(question=questions())
    def agree(question: Question) -> None:
        found: Calendar = calendar(question, "buyer", viewer)
        assert found.groups == calendar(question, "recipient", viewer).groups
        demand = find_demand(question=question, actor=viewer)
        assert (found.months, found.squares, found.meta) == ("spread", 0, demand.meta)
        assert Counter((*group.keys.values(), group.courses) for group in found.groups) == Counter(
            (*row.keys.values(), row.courses) for row in demand.rows
        )
        of_sources = kept(DRAWN_MONTHS, question.of_all)
        over = shares(np.array(of_sources["courses"], dtype=float), squares=of_sources["squares"])
        for group in found.groups:
            assert sum(group.months) == group.courses
            assert np.abs(np.array(group.months) - group.courses * over).max() < 1 + 1e-9

    agree()


def test_what_is_merged_comes_last_and_is_named_so(client_of: Any) -> None:
    deliver(residents=240, relations=450)
    client: APIClient = client_of("Viewers")
    url = f"{URL}?group_by=city,channel,gender&limit=1000"
    body = answer(client, url).json()
    assert (body["months"], body["meta"]["merged"] > 0) == ("spread", True)
    assert {row["city"] for row in body["data"][-12:]} == {"other"}
    ordered = client.get(f"{url}&ordering=-courses").json()["data"]
    assert {row["city"] for row in ordered[-12:]} == {"other"}


def test_a_delivery_with_a_month_of_few_buyers_tells_nothing_of_its_months(viewer: User) -> None:
    deliver()
    assert margin() == {"courses": [0] * 12, "squares": 0}
    [tv, *_] = calendar(Question(group_by=("channel",)), "buyer", viewer).groups
    assert tv.courses > 30
    assert np.abs(np.array(tv.months) - tv.courses * EVEN).max() < 1


def test_a_delivery_that_changed_tells_nothing_until_it_is_counted_and_others_change_with_it(superuser: User) -> None:
    deliver(residents=240, relations=450)
    before = margin()
    one = Import.objects.get(pk=Import.objects.order_by("-pk").values_list("pk", flat=True)[0])
    someone = Citizen.objects.of(one.pk).order_by("citizen_id")[0]
    correct_resident(
        import_id=one.pk, citizen_id=someone.citizen_id, patch=Patch(name="Somebody Else"), actor=superuser
    )
    ImportDemand.objects.update(refreshed_at="2026-01-01T00:00:00Z")
    during = margin()
    assert 0 < sum(during["courses"]) < 0.7 * sum(before["courses"])
    refresh_demand()
    after = margin()
    # Nothing that was counted changed: what differs is what was drawn anew for others.
    assert before["courses"] != after["courses"]
    # The secret is the source's and none is told.
    assert Perturbation.objects.count() == 2
