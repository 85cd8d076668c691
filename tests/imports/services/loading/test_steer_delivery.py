"""Cancel, retry, approve, discard: where each is allowed, for whom, and once."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection

from config.common.problems import Conflict, Forbidden, Gone, NotFound
from imports.models import Import, Source
from imports.services.loading import steer_delivery as service
from imports.services.loading.steer_delivery import approve_delivery, cancel_delivery, discard_delivery, retry_delivery
from imports.services.naming.change_named import change_named
from tests.imports.crowd import in_threads
from tests.imports.world import received

pytestmark = pytest.mark.django_db

Step = Callable[..., Import]
Sent = list[int]
# Where each step is allowed, and where it leads to.
ALLOWED: dict[Step, tuple[set[str], str]] = {
    cancel_delivery: ({"queued", "loading"}, "cancelled"),
    retry_delivery: ({"failed", "cancelled"}, "queued"),
    approve_delivery: ({"checked"}, "loading"),
    discard_delivery: ({"checked"}, "cancelled"),
}
STATES = [status.value for status in Import.Status]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """The deliveries that were enqueued."""
    messages: Sent = []
    monkeypatch.setattr(service, "enqueue", lambda _, *, import_id: messages.append(import_id))
    return messages


def somebody(role: str, name: str = "anna") -> User:
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get(name=role))
    return user


def waiting(status: str, **values: Any) -> int:
    import_id = received(b"{}")
    Import.objects.filter(pk=import_id).update(status=status, differences=[{"citizen_id": 1}], **values)
    return import_id


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("step", ALLOWED, ids=lambda step: step.__name__)
def test_a_step_is_allowed_in_its_states_alone(step: Step, status: str, sent: Sent) -> None:
    allowed, after = ALLOWED[step]
    import_id, actor = waiting(status), somebody("Managers")
    sent.clear()
    if status in allowed:
        assert step(import_id=import_id, actor=actor).status == after
    else:
        with pytest.raises(Conflict):
            step(import_id=import_id, actor=actor)
    assert Import.objects.get(pk=import_id).status == (after if status in allowed else status)
    assert sent == ([import_id] if status in allowed and after in {"queued", "loading"} else [])


@pytest.mark.parametrize("step", ALLOWED, ids=lambda step: step.__name__)
def test_importers_steer_their_own_imports_and_know_of_no_others(step: Step) -> None:
    anna, boris = somebody("Importers"), somebody("Importers", "boris")
    status = min(ALLOWED[step][0])
    import_id = waiting(status, created_by=anna)
    with pytest.raises(NotFound):
        step(import_id=import_id, actor=boris)
    assert Import.objects.get(pk=import_id).status == status
    assert step(import_id=import_id, actor=anna).status == ALLOWED[step][1]


@pytest.mark.parametrize("step", [retry_delivery, approve_delivery], ids=lambda step: step.__name__)
def test_whoever_may_not_load_the_source_any_more_has_nothing_loaded(step: Step, sent: Sent) -> None:
    anna, boris, status = somebody("Importers"), somebody("Importers", "boris"), min(ALLOWED[step][0])
    import_id = waiting(status, created_by=anna)
    change_named(Source, pk=Source.objects.get().pk, values={"uploaders": [boris.username]}, actor=None)
    sent.clear()
    with pytest.raises(Forbidden):
        step(import_id=import_id, actor=anna)
    assert (Import.objects.get(pk=import_id).status, sent) == (status, [])
    assert step(import_id=import_id, actor=somebody("Managers", "maria")).status == ALLOWED[step][1]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_without_its_body_an_import_is_not_tried_again(status: str, sent: Sent) -> None:
    import_id = waiting(status, body_size=None)
    sent.clear()
    with pytest.raises(Gone):
        retry_delivery(import_id=import_id, actor=somebody("Managers"))
    assert (Import.objects.get(pk=import_id).status, sent) == (status, [])


def test_a_retry_begins_from_nothing() -> None:
    import_id = waiting("failed", errors=[{"pointer": ""}], more_errors=3, attempts=6, processed=7)
    row = retry_delivery(import_id=import_id, actor=somebody("Managers"))
    assert (row.errors, row.more_errors, row.attempts, row.processed, row.settled_at) == ([], 0, 0, 0, None)


@pytest.mark.parametrize("step", [approve_delivery, discard_delivery])
def test_samples_of_residents_go_with_the_decision(step: Step) -> None:
    import_id = waiting("checked", stops_when_checked=True)
    assert step(import_id=import_id, actor=somebody("Managers")).differences == []


def results_of_two(step: Step, import_id: int, actor: User) -> list[str]:
    """What two who decide at the same moment are told."""
    results, start = list[str](), Barrier(2, timeout=5)

    def decide() -> None:
        start.wait()
        try:
            results.append(step(import_id=import_id, actor=actor).status)
        except Conflict:
            results.append("conflict")
        finally:
            connection.close()

    in_threads([(decide,), (decide,)])
    return sorted(results)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ALLOWED, ids=lambda step: step.__name__)
def test_of_two_who_decide_at_the_same_moment_one_does(step: Step, sent: Sent) -> None:
    allowed, after = ALLOWED[step]
    actor = somebody("Managers")
    for _ in range(3):
        import_id = waiting(min(allowed))
        sent.clear()
        assert results_of_two(step, import_id, actor) == sorted([after, "conflict"])
        assert len(sent) <= 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_condition_both_would(monkeypatch: pytest.MonkeyPatch, sent: Sent) -> None:
    """The negative control of the test above: each looks, and then both write."""
    looked = Barrier(2, timeout=5)

    def move(import_id: int, actor: User, before: tuple[str, ...], values: dict[str, Any], action: str) -> Import:
        row = Import.objects.get(pk=import_id)
        looked.wait()
        if row.status not in before:
            raise Conflict("too late")
        Import.objects.filter(pk=import_id).update(**values)
        return row

    monkeypatch.setattr(service, "_move", move)
    import_id, actor = waiting("checked"), somebody("Managers")
    sent.clear()
    assert results_of_two(approve_delivery, import_id, actor) == ["checked", "checked"]
    assert sent == [import_id, import_id]
