"""Answers that a worker works out are of the picture that is counted, once for all who ask, and come again after it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from analytics import tasks
from analytics.models import KeptAnswer, TownPlace
from analytics.pages.filters import Filters
from analytics.pages.sections.decide import decide
from analytics.services.asking import kept as rooms
from analytics.services.asking.kept import NotCountedYet, computed, forget_unasked, kept, work_out
from analytics.services.asking.questions import Question
from analytics.services.asking.scopes import UnknownImport
from analytics.services.counting.refresh_demand import refresh_demand
from config.common.problems import Forbidden
from imports.services.erasing.delete_delivery import delete_delivery
from tests.analytics.counted import make
from tests.analytics.decisions.helpers import work_out_all
from tests.factories import people
from tests.imports.world import load as load_people

pytestmark = pytest.mark.django_db
ALL = Question(group_by=("channel",))


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What `counted` was asked: a computation that says how often it ran."""
    runs: list[Any] = []

    def run(question: Question, *, of: str = "buyer") -> Any:
        runs.append((question.channels, of))
        return {"runs": len(runs), "of": of}

    monkeypatch.setattr(rooms, "_COMPUTATIONS", {})
    computed("counted")(run)
    return runs


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the messages that were sent."""
    keys: list[str] = []
    monkeypatch.setattr(rooms, "enqueue", lambda _, key, **_options: keys.append(key))
    return keys


def asked(**options: Any) -> Any:
    """The answer after a worker had its turn."""
    with pytest.raises(NotCountedYet):
        kept("counted", ALL, **options)
    assert work_out_all() == 1
    return kept("counted", ALL, **options)


def test_whoever_asks_waits_once_and_one_message_is_sent(sent: list[str], counting: list[Any]) -> None:
    make("a", {("Kyiv", 1, "tv", "male"): (9, 1, 1)})
    for _ in range(3):
        with pytest.raises(NotCountedYet):
            kept("counted", ALL)
    assert len(sent) == 1
    tasks.answer(key=sent[0])
    assert [kept("counted", ALL), kept("counted", ALL)] == [{"runs": 1, "of": "buyer"}] * 2
    assert (counting, len(sent)) == ([((), "buyer")], 1)


def test_another_filter_or_parameter_is_another_answer_and_a_page_is_not(counting: list[Any]) -> None:
    make("a", {("Kyiv", 1, "tv", "male"): (9, 1, 1)})
    assert asked() == {"runs": 1, "of": "buyer"}
    assert asked(of="recipient") == {"runs": 2, "of": "recipient"}
    assert kept("counted", Question(group_by=("channel",), limit=3, offset=9, ordering=("-courses",)))["runs"] == 1
    with pytest.raises(NotCountedYet):
        kept("counted", Question(group_by=("channel",), channels=("tv",)))
    work_out_all()
    assert counting[-1] == (("tv",), "buyer")


def _another_delivery() -> None:
    make("b", {("Kyiv", 1, "tv", "male"): (9, 1, 1)})


def _another_place() -> None:
    values: dict[str, Any] = {"method": "name", "city": "Kyiv", "country": "UA", "latitude": 50.4, "longitude": 30.5}
    TownPlace.objects.create(town="kyiv", placed_at=timezone.now(), **values)


@pytest.mark.parametrize("change", [_another_delivery, _another_place])
def test_what_changes_the_picture_has_it_worked_out_again(change: Any) -> None:
    make("a", {("Kyiv", 1, "tv", "male"): (9, 1, 1)})
    assert asked()["runs"] == 1
    change()
    assert asked()["runs"] == 2


def test_a_refresh_has_everything_that_is_asked_worked_out_again(sent: list[str]) -> None:
    load_people(people(3), source="a")
    refresh_demand()
    assert asked()["runs"] == 1
    sent.clear()
    tasks.refresh()
    assert sent == []
    load_people(people(4), source="a")
    tasks.refresh()
    assert len(sent) == 1
    assert work_out_all() == 1
    assert kept("counted", ALL)["runs"] == 2


def test_a_message_that_was_lost_is_swept_up_and_what_nobody_asks_for_goes(sent: list[str]) -> None:
    make("a", {("Kyiv", 1, "tv", "male"): (9, 1, 1)})
    with pytest.raises(NotCountedYet):
        kept("counted", ALL)
    sent.clear()
    tasks.sweep_answers()
    assert sent == [KeptAnswer.objects.get().pk]
    KeptAnswer.objects.update(asked_at=timezone.now() - timedelta(days=8))
    forget_unasked()
    assert not KeptAnswer.objects.exists()
    assert work_out(key=sent[0]) is False


def test_of_a_delivery_that_is_gone_there_is_no_answer() -> None:
    made = make("a", {("Kyiv", 1, "tv", "male"): (9, 1, 1)})
    question = Question(group_by=(), import_id=made.import_id)
    with pytest.raises(NotCountedYet):
        kept("counted", question)
    delete_delivery(import_id=made.import_id, actor=User.objects.create_superuser("root"))
    assert work_out_all() == 0
    with pytest.raises(UnknownImport):
        kept("counted", question)


class _Section:
    """A question of the page whose answer is there, or not."""

    LABEL = "Which one?"

    def __init__(self, raises: Exception | None) -> None:
        self._raises = raises

    def section(self, *_: Any) -> dict[str, Any]:
        if self._raises:
            raise self._raises
        return {"answer": 42}


@pytest.mark.parametrize(
    ("raised", "expected"),
    [(None, ({"answer": 42}, 0, "")), (NotCountedYet(), (None, 2, "")), (Forbidden("No."), (None, 0, "No."))],
)
def test_the_page_asks_again_by_itself_until_it_is_counted_and_says_why_not(
    monkeypatch: pytest.MonkeyPatch, raised: Exception | None, expected: Any
) -> None:
    monkeypatch.setattr("analytics.pages.sections.decide.QUESTIONS", {"which": _Section(raised)})
    found = decide(Filters(ask="which"), User())
    assert (found.context, found.again, found.refusal) == expected
    [question] = found.questions
    assert (question.label, question.is_chosen, question.href) == (found.title, True, "/analytics/?ask=which#decide")
