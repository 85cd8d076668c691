"""Readers: views that a replica may answer, and how it is chosen for each request.

A refusal is never a replica's. Whatever goes wrong there, what it does not find, and what wants to write, the view is
asked once more with the primary; it reads, so that changes nothing. Of a stream the first piece is fetched meanwhile.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial, wraps
from itertools import chain, islice
from typing import Any, TypeVar, cast

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import FileResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from config.common.replicas.floors import Floors, FloorsAway, new_floors
from config.common.replicas.freshness import Replica
from config.common.replicas.metrics import READS
from config.common.replicas.turning import reading_from

# Where the request of a reader says which database answered it.
READ_FROM = "demanda.read_from"

_Action = TypeVar("_Action", bound=Callable[..., Any])

logger = structlog.get_logger(__name__)


def from_replica(action: _Action) -> _Action:
    """Decorates an action that reads, and whose caller has signed in: a replica that is fresh enough may answer it."""

    @wraps(action)
    def reading(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        act = partial(action, view, request, *args, **kwargs)
        return _answered(request, act) if settings.DATABASE_REPLICAS else act()

    return cast("_Action", reading)


def replicas() -> tuple[Replica, ...]:
    """The configured ones, of which each is asked in this process from now on."""
    known = _replicas()
    for replica in known:
        replica.start()
    return known


@cache
def floors() -> Floors:
    """What callers have seen, for this process."""
    return new_floors()


@cache
def _replicas() -> tuple[Replica, ...]:
    return tuple(Replica(alias, floors()) for alias in settings.DATABASE_REPLICAS)


def _answered(request: Request, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    replica, because = _choose(request.user.pk or 0)
    if replica is not None:
        try:
            with reading_from(replica.alias):
                response = act()
                _pin(response, replica.alias)
        except Exception as error:  # noqa: BLE001 - the primary is asked the same, and says what is wrong
            because = _why(replica, error)
        else:
            _note(request, replica.alias, because)
            return response
    _note(request, "primary", because)
    return act()


def _note(request: Request, database: str, because: str) -> None:
    request.META[READ_FROM] = database
    READS.labels(database, because).inc()


def _choose(who: int) -> tuple[Replica | None, str]:
    """Chooses one that is fresh enough and has what the caller has seen, and says why, or why it is none.

    The same for a caller as long as that may be, who would else see the older of two states after the newer one.
    """
    known = replicas()
    first = who % len(known)
    fresh = [one for one in (*known[first:], *known[:first]) if one.lag() <= settings.DATABASE_REPLICA_LAG_SECONDS]
    if not fresh:
        return None, "late"
    try:
        seen = floors().of(who)
    except FloorsAway:
        return None, "unknown"
    chosen = next((one for one in fresh if one.has(seen)), None)
    return chosen, "newer" if chosen is None else "fresh"


def _why(replica: Replica, error: Exception) -> str:
    if not isinstance(error, OperationalError | InterfaceError):
        return "refused"
    replica.leave_out()
    logger.warning("replica_failed", replica=replica.alias, reason=type(error.__cause__ or error).__name__)
    return "failed"


def _pin(response: HttpResponseBase, alias: str) -> None:
    """Has the rest of a stream read where it began, piece by piece, and ended there."""
    if not isinstance(response, StreamingHttpResponse) or isinstance(response, FileResponse):
        return
    closers: list[Callable[[], Any]] = response._resource_closers  # type: ignore[attr-defined]  # what Django's stubs leave out
    closers[:] = [partial(_run, closer, alias) for closer in closers]
    # Django's type also allows what an asynchronous view would stream.
    pieces: Iterator[bytes] = iter(response.streaming_content)  # type: ignore[arg-type]
    response.streaming_content = chain(list(islice(pieces, 1)), _pieces(pieces, alias))


def _run(closer: Callable[[], Any], alias: str) -> None:
    with reading_from(alias):
        closer()


def _pieces(pieces: Iterable[bytes], alias: str) -> Iterator[bytes]:
    rest = iter(pieces)
    while True:
        with reading_from(alias):
            following = list(islice(rest, 1))
        if not following:
            return
        yield from following
