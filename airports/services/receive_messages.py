"""Makes and changes airports as messages say, each as a request with the same body does."""

from collections.abc import Callable, Mapping, Sequence

from django.db import transaction

from airports.documents import read_airport, read_changes, read_id
from airports.fields import NAMES
from airports.services.access import visible_airport
from airports.services.create_airport import create_airport
from airports.services.update_airport import update_airport
from config.common.http.documents import read_object
from config.common.kafka.messages import Message, Outcome, Reason, WrongMessage, text_of
from config.common.kafka.services.seen import is_new
from config.common.problems import InvalidInput, NoSpace, Problem, Unavailable

MAX_ID = 200
_MAX_BYTES = 64 * 1024
_REASON = "message"


def receive_messages(messages: Sequence[Message]) -> Outcome:
    """Does what each says, unless a message with its id was taken before."""
    outcome = Outcome()
    for message in messages:
        try:
            _receive(message, outcome)
        except WrongMessage as wrong:
            outcome.refuse([message], wrong.reason, wrong.detail)
    return outcome


def _receive(message: Message, outcome: Outcome) -> None:
    headers = dict(message.headers)
    message_id = text_of(headers.get("id"), name="id", most=MAX_ID)
    action = _ACTIONS.get(text_of(headers.get("action"), name="action", most=MAX_ID))
    if action is None:
        raise WrongMessage(Reason.HEADER, "action")
    if len(message.value or b"") > _MAX_BYTES:
        raise WrongMessage(Reason.TOO_LARGE, "")
    try:
        # A savepoint: what is refused now may be put back later, and is new then.
        with transaction.atomic():
            if not is_new(message.topic, message_id):
                outcome.repeated += 1
                return
            action(read_object(message.value or b""))
    except (NoSpace, Unavailable):
        raise
    except InvalidInput as problem:
        raise WrongMessage(Reason.INVALID, _faults(problem)) from problem
    except Problem as problem:
        raise WrongMessage(Reason.REFUSED, _faults(problem) or str(problem.status.value)) from problem
    outcome.stored += 1


def _create(document: Mapping[str, object]) -> None:
    create_airport(values=read_airport(document), actor=None)


def _update(document: Mapping[str, object]) -> None:
    airport = visible_airport(airport_id=read_id(document))
    update_airport(airport_id=airport.pk, values=read_changes(document, besides=("id",)), actor=None, reason=_REASON)


_ACTIONS: dict[str, Callable[[Mapping[str, object]], None]] = {"create": _create, "update": _update}


def _faults(problem: Problem) -> str:
    """What is wrong, as fields and codes; other names of fields are somebody's own."""
    found = ((error.pointer.lstrip("/"), error.code) for error in problem.errors)
    return ", ".join(dict.fromkeys(f"{name}: {code}" if name in (*NAMES, "id") else code for name, code in found))
