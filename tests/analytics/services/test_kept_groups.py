"""Of many deliveries a worker reads the groups: the same as whoever asks would have read, to the last bit."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans

from analytics.models import KeptAnswer
from analytics.services.asking import kept_groups
from analytics.services.asking.find_demand import find_opportunities
from analytics.services.asking.kept import renew
from analytics.services.asking.questions import Demand, Question
from analytics.services.asking.read_estimates import REMEMBERED
from analytics.services.counting.refresh_demand import refresh_demand
from config.common.accounts.services.tokens import issue_token
from imports.fields import Patch
from imports.models import Citizen, Import
from imports.services.residents.correct_resident import correct_resident
from tests.analytics.decisions.helpers import work_out_all
from tests.analytics.decisions.related import deliver, questions
from tests.effort import tries

pytestmark = pytest.mark.django_db
SEGMENTS = ("FROM analytics_currentsegment", "FROM analytics_publishedsegment")


def ask(question: Question, actor: User) -> tuple[Demand, bool]:
    """What a process answers that has answered nothing yet, and whether it read segments for it."""
    REMEMBERED.clear()
    with TestCase.captureOnCommitCallbacks(execute=True), CaptureQueriesContext(connection) as statements:
        found = find_opportunities(question=question, actor=actor)
    return found, any(table in one["sql"] for one in statements.captured_queries for table in SEGMENTS)


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """One delivery is many."""
    monkeypatch.setattr(kept_groups, "_MANY", 1)


@pytest.fixture(params=["Editors", "Viewers"])
def actor(request: pytest.FixtureRequest) -> User:
    """Who may see residents, and who may not."""
    issue_token(username="somebody", role=request.param)
    return User.objects.get(username="somebody")


def test_what_a_worker_read_is_what_everybody_would_read(actor: User) -> None:
    deliver(residents=60, relations=120)

    @settings(max_examples=tries(25), deadline=None, suppress_health_check=list(HealthCheck))
    @given(question=questions(), of_all=booleans())
    def agree(question: Question, of_all: bool) -> None:
        asked = replace(question, index_of_all=of_all)
        KeptAnswer.objects.all().delete()
        direct, was_read = ask(asked, actor)
        is_picture = "source" not in asked.group_by and not asked.sources and asked.import_id is None
        assert (was_read or not is_picture, work_out_all() > 0) == (True, is_picture)
        again, was_read = ask(asked, actor)
        assert (again, was_read and is_picture) == (direct, False)

    agree()


def test_of_another_state_nothing_is_taken_and_it_is_read_again_after_the_refresh(actor: User) -> None:
    deliver(residents=60, relations=120)
    question = Question(group_by=("channel",))
    ask(question, actor)
    work_out_all()
    before = ask(question, actor)
    assert not before[1]
    one = Import.objects.order_by("pk").last()
    assert one is not None
    for resident in Citizen.objects.of(one.pk):
        correct_resident(import_id=one.pk, citizen_id=resident.citizen_id, patch=Patch(channel="elsewhere"), actor=None)
    refresh_demand()
    after = ask(question, actor)
    assert after[1]
    assert after[0].rows != before[0].rows
    renew()
    work_out_all()
    assert ask(question, actor) == (after[0], False)


def test_of_few_deliveries_nothing_is_kept(actor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(residents=60, relations=120)
    monkeypatch.setattr(kept_groups, "_MANY", 9)
    assert [ask(Question(), actor)[1] for _ in range(2)] == [True, True]
    assert not KeptAnswer.objects.exists()
