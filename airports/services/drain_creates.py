"""Writes the airports that were queued: a batch at a time, in one transaction with what is said of each."""

import json
from collections.abc import Iterable
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError, connection
from django.utils import timezone

from airports.documents import read_airport
from airports.models import QueuedCreate
from airports.querysets import QueuedCreateQuerySet
from airports.services import drain_sql as sql
from airports.services.tell_changes import tell_changes
from airports.services.transactions import in_transaction
from config.common.http.documents import read_object
from config.common.problems import FieldError, InvalidInput
from config.common.texts import gettext as _

AT_ONCE = 1_000
REASON = "queued"
_FORGET_AT_ONCE = 10_000

logger = structlog.get_logger(__name__)

Row = dict[str, Any]


class _Unstorable(Exception):
    """The database refuses a batch that is valid to us."""

    def __init__(self, create_ids: list[int]) -> None:
        super().__init__()
        self.create_ids = create_ids


def drain_creates(*, limit: int = AT_ONCE) -> int:
    """How many queued creates are written or refused now, at most `limit` of them, in one transaction.

    What is invalid, or has a code that another live airport has, fails and says why. May be killed and repeated at any
    point, and run twice at the same time.
    """
    try:
        return in_transaction(partial(_drain, QueuedCreate.objects.queued()[:limit]))
    except _Unstorable as refused:
        # One bad row must not hold up the others for ever.
        return sum(_drain_alone(create_id) for create_id in refused.create_ids)


def forget_creates() -> int:
    """How many went: those that were finished as long ago as the setting `QUEUED_CREATES_KEPT` says."""
    due = QueuedCreate.objects.filter(finished_at__lte=timezone.now() - settings.QUEUED_CREATES_KEPT)
    forgotten = 0
    while some := list(due.values_list("pk", flat=True)[:_FORGET_AT_ONCE]):
        forgotten += QueuedCreate.objects.filter(pk__in=some).delete()[0]
    return forgotten


def _drain_alone(create_id: int) -> int:
    try:
        return in_transaction(partial(_drain, QueuedCreate.objects.queued().filter(pk=create_id)))
    except _Unstorable:
        logger.exception("create_not_stored", create_id=create_id)
        error = FieldError("", "not_stored", _("The database does not take this airport."))
        return in_transaction(partial(_fail, [_refusal(create_id, [error])]))


def _drain(waiting: QueuedCreateQuerySet) -> int:
    rows, refusals = [], []
    queued = waiting.taken()
    for create in queued:
        try:
            rows.append(_row(create))
        except InvalidInput as problem:
            refusals.append(_refusal(create.pk, problem.errors, problem.more_errors))
    try:
        refusals += _store(rows)
        _fail(refusals)
    except (DataError, IntegrityError) as error:
        raise _Unstorable([create.pk for create in queued]) from error
    return len(queued)


def _row(create: QueuedCreate) -> Row:
    values = read_airport(read_object(create.body.encode()))
    return {"create_id": create.pk, "asked_by": create.asked_by_id, **values}


def _store(rows: list[Row]) -> list[Row]:
    """Writes the airports with their history; the refusals of those whose codes are taken."""
    with connection.cursor() as cursor:
        cursor.execute(sql.CREATE, {"rows": json.dumps(rows), "at": timezone.now(), "reason": REASON})
        made = {create_id for (create_id,) in cursor.fetchall()}
        tell_changes(created=len(made))
        left_over = [row for row in rows if row["create_id"] not in made]
        if not left_over:
            return []
        cursor.execute(sql.TAKEN, {"rows": json.dumps(left_over)})
        return [_duplicate(create_id, iata=iata, icao=icao) for create_id, iata, icao in cursor.fetchall()]


def _duplicate(create_id: int, **taken: bool) -> Row:
    # Whoever had the code may have given it up since.
    pointers = [f"/{name}" for name, is_taken in taken.items() if is_taken] or [""]
    return _refusal(
        create_id, [FieldError(at, "duplicate_code", _("Another airport has this code.")) for at in pointers]
    )


def _refusal(create_id: int, errors: Iterable[FieldError], more_errors: int = 0) -> Row:
    # jsonb knows no NUL, and a pointer may name a key that has one.
    listed = [error.stored() | {"pointer": error.pointer.replace("\0", "\ufffd")} for error in errors]
    return {"create_id": create_id, "errors": listed, "more_errors": more_errors}


def _fail(refusals: list[Row]) -> int:
    if refusals:
        with connection.cursor() as cursor:
            cursor.execute(sql.FAIL, {"rows": json.dumps(refusals), "at": timezone.now()})
    return len(refusals)
