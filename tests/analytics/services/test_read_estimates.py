"""What a process keeps of its answers, and until when."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.models import Spelling
from analytics.services.asking import read_estimates
from analytics.services.asking.find_demand import find_demand
from analytics.services.asking.questions import Question
from analytics.services.counting.refresh_demand import refresh_demand
from analytics.services.placing.town_aliases import set_alias
from config.common.accounts.services.tokens import issue_token
from imports.fields import Patch
from imports.services.residents.correct_resident import correct_resident
from tests.factories import alike, people
from tests.imports.world import load

pytestmark = pytest.mark.django_db
LVIV = 702550


@pytest.fixture
def actors() -> list[User]:
    for role in ("Editors", "Viewers"):
        issue_token(username=role, role=role)
    return list(User.objects.order_by("username"))


def rows(actor: User, *, ordering: tuple[str, ...] = ()) -> tuple[list[tuple[str | None, int]], bool]:
    """The cities and their residents, and whether segments were read for them."""
    with CaptureQueriesContext(connection) as statements:
        answer = find_demand(question=Question(group_by=("city",), ordering=ordering), actor=actor)
    segments = ("FROM analytics_currentsegment", "FROM analytics_publishedsegment")
    was_read = any(table in one["sql"] for one in statements.captured_queries for table in segments)
    return [(row.keys["city"], row.residents) for row in answer.rows], was_read


def test_an_answer_is_read_anew_when_anything_of_it_has_changed_and_only_then(actors: list[User]) -> None:
    # Each buys a course for itself.
    residents = people(20, town="Somewhere", friends=[])
    import_id = load([one | {"relatives": [one["citizen_id"]]} for one in residents])
    refresh_demand()
    editor, viewer = actors
    assert [rows(one) for one in actors] == [([("Somewhere", 20)], True)] * 2
    assert [rows(one, ordering=("city",)) for one in actors] == [([("Somewhere", 20)], False)] * 2
    correct_resident(import_id=import_id, citizen_id=1, patch=Patch(town="Elsewhere"), actor=None)
    assert not rows(editor)[1]
    refresh_demand()
    assert rows(editor, ordering=("city",)) == ([("Elsewhere", 1), ("Somewhere", 19)], True)
    set_alias(town="Somewhere", geoname_id=LVIV, actor=None)
    assert rows(editor, ordering=("city",)) == ([("Elsewhere", 1), ("Lviv", 19)], True)
    # The place is published by the next refresh.
    assert rows(viewer)[1]
    refresh_demand()
    assert rows(viewer)[1]
    Spelling.objects.filter(spelling="Elsewhere").update(spelling="ELSEWHERE")
    assert rows(editor, ordering=("city",)) == ([("ELSEWHERE", 1), ("Lviv", 19)], True)


def test_of_very_many_groups_nothing_is_kept(actors: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    load([one | {"town": "Elsewhere" if one["citizen_id"] == 1 else "Somewhere"} for one in alike(20)])
    refresh_demand()
    # Two cities, and the two cells of the model.
    for most, is_kept in ((3, False), (4, True)):
        monkeypatch.setattr(read_estimates, "_MOST_GROUPS", most)
        assert [rows(actors[0])[1] for _ in range(2)] == [True, not is_kept]
