"""Answers that are worked out by a worker and kept, because a request would wait too long for them.

A computation reads whatever it needs. What it gave is kept by what was asked and by the state of the counted
deliveries, so it is of no other picture than the demand beside it. After a refresh it is worked out again while people
ask.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from functools import partial
from hashlib import blake2b
from json import dumps
from typing import Any

from django.db import transaction
from django.utils import timezone

from analytics.models import KeptAnswer
from analytics.services.asking.names import names_now
from analytics.services.asking.questions import Question
from analytics.services.asking.scopes import scope_of
from analytics.services.counting.count_if_new import count_if_new
from config.common.background.publishing import enqueue
from config.common.db.snapshots import snapshot
from config.common.problems import Problem
from config.common.replicas.turning import on_primary, require_primary

ANSWER = "analytics.answer"
# Of who is answered a moment later, after so many seconds.
_RETRY_AFTER = 2
# Who asks writes down when, but not each time.
_NOTED_EVERY = timedelta(hours=1)
_KEPT_FOR = timedelta(days=7)
# Of places and channels all that an answer may name.
_NAMED = Question(group_by=("country", "city", "town", "channel"))

Computation = Callable[..., Any]
_COMPUTATIONS: dict[str, Computation] = {}


class NotCountedYet(Exception):
    """A worker is at it: ask again after `retry_after` seconds."""

    retry_after = _RETRY_AFTER


@dataclass(frozen=True)
class _Asked:
    """What is asked: of which computation, and with which parameters, which are JSON."""

    name: str
    question: Question
    parameters: dict[str, Any]

    @classmethod
    def now(cls, name: str, question: Question, parameters: dict[str, Any]) -> "_Asked":
        return cls(name, replace(question, ordering=(), limit=None, offset=0), parameters)

    @classmethod
    def of(cls, stored: KeptAnswer) -> "_Asked":
        question, parameters = stored.asked
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in question.items()
        }
        return cls(stored.name, Question(**fields), parameters)

    @property
    def json(self) -> list[Any]:
        return [asdict(self.question), self.parameters]

    @property
    def key(self) -> str:
        return _digest([self.name, self.json])

    def state(self) -> str:
        """Digests what an answer is made of; read it in the snapshot of the answer."""
        scope = scope_of(self.question)
        found = [[one.import_id, one.refreshed_at, one.as_of, one.scheme] for one in scope.imports]
        return _digest([scope.at_delivery, found, names_now(_NAMED, restricted=False)])

    def compute(self) -> Any:
        return _COMPUTATIONS[self.name](self.question, **self.parameters)

    def found(self) -> KeptAnswer | None:
        """Finds the answer of the caller's snapshot."""
        return KeptAnswer.objects.filter(pk=self.key, state=self.state()).first()

    @on_primary()
    def want(self) -> None:
        """Has a worker work it out, once however often it is wanted meanwhile."""
        now = timezone.now()
        defaults = {"name": self.name, "asked": self.json, "asked_at": now, "state": "", "wanted_at": now}
        row, is_new = KeptAnswer.objects.get_or_create(pk=self.key, defaults=defaults)
        if is_new or KeptAnswer.objects.filter(pk=row.pk, wanted_at=None).update(wanted_at=now, asked_at=now):
            enqueue(ANSWER, key=row.pk)


@on_primary()
def _note(found: KeptAnswer) -> None:
    """Writes down that somebody asked."""
    now = timezone.now()
    if found.asked_at < now - _NOTED_EVERY:
        KeptAnswer.objects.filter(pk=found.pk).update(asked_at=now)


def computed(name: str) -> Callable[[Computation], Computation]:
    """Registers how the answers of this name are worked out: from a question and parameters of JSON to JSON.

    It runs in a worker, in a snapshot.
    """

    def register(computation: Computation) -> Computation:
        _COMPUTATIONS[name] = computation
        return computation

    return register


def kept(name: str, question: Question, **parameters: Any) -> Any:
    """Gives the answer of a computation, all of its rows; the order and the page of the question change nothing.

    Call it outside a snapshot. Raises `NotCountedYet` until a worker has worked it out, `UnknownImport` and
    `StillCounting` as `find_demand` does.
    """
    count_if_new(question.import_id)
    asked = _Asked.now(name, question, parameters)
    with snapshot():
        found = asked.found()
    if found is None:
        # Which may have the answer already.
        require_primary()
        asked.want()
        raise NotCountedYet
    _note(found)
    return found.answer


def kept_already(name: str, question: Question, **parameters: Any) -> Any:
    """Gives the answer of a computation as `kept` does, for the state of the caller's snapshot; None where a worker has
    not worked it out yet, who is asked for it when that snapshot ends."""
    asked = _Asked.now(name, question, parameters)
    found = asked.found()
    # In the snapshot nothing can be written.
    transaction.on_commit(asked.want if found is None else partial(_note, found), robust=True)
    return None if found is None else found.answer


def work_out(*, key: str) -> bool:
    """Works an answer out and keeps it. Whether there is one now: none of a delivery that is gone meanwhile."""
    stored = KeptAnswer.objects.filter(pk=key).first()
    if stored is None:
        return False
    asked = _Asked.of(stored)
    try:
        with snapshot():
            state, answer = asked.state(), asked.compute()
    except Problem:
        stored.delete()
        return False
    # Whoever asks for a later state finds that this is none of it, and wants it again.
    return KeptAnswer.objects.filter(pk=key).update(state=state, answer=answer, wanted_at=None) > 0


def renew() -> None:
    """Has everything worked out again that was asked lately, after the deliveries were counted."""
    KeptAnswer.objects.filter(asked_at__gte=timezone.now() - _KEPT_FOR, wanted_at=None).update(wanted_at=timezone.now())
    send_wanted()


def send_wanted(**options: Any) -> None:
    """Sends a message for each answer that waits."""
    for key in KeptAnswer.objects.filter(wanted_at__isnull=False).order_by("wanted_at").values_list("pk", flat=True):
        enqueue(ANSWER, key=key, **options)


def forget_unasked() -> None:
    """Lets go of answers that nobody asks for any more."""
    KeptAnswer.objects.filter(asked_at__lt=timezone.now() - _KEPT_FOR).delete()


def _digest(value: Any) -> str:
    return blake2b(dumps(value, sort_keys=True, default=str).encode(), digest_size=16).hexdigest()
