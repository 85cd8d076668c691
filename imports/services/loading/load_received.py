"""Loads a received delivery, in steps that may each be repeated: stored → checked → loaded.

A worker holds the delivery's lease while it is at work. Whatever it writes, it writes under the condition that it still
holds it and that the delivery is still loading; else it stops. Of a worker that dies nothing is left but the status,
and the next one begins again with the stored body.
"""

from collections.abc import Callable
from datetime import UTC
from functools import partial
from typing import Any

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import F
from django.utils import timezone

from config.common.background.leases import Held, LeaseLost, LeaseTaken, lease
from config.common.db.errors import as_problem
from config.common.problems import FieldError, Forbidden, InvalidInput, NoSpace, Problem, TooLarge
from config.common.texts import gettext as _
from imports.documents.copy import copy_rows
from imports.documents.formats import FORMATS
from imports.documents.reader import read_document
from imports.documents.structs import Resident
from imports.models import Import
from imports.querysets import LEASE_PREFIX
from imports.services.document_rules import rules_on
from imports.services.erasing.erase_bodies import body_goes_at_once
from imports.services.erasing.reclaim_space import reclaim_soon
from imports.services.loading._progress import Progress, Stopped
from imports.services.loading._received_stream import ReceivedStream
from imports.services.loading.hold_losses import takes_away_many
from imports.services.loading.load_document import copy_residents
from imports.services.loading.review_delivery import Review, review_delivery, storable_differences
from imports.services.loading.store_good import store_good
from imports.services.loading.tell_outcome import tell_outcome
from imports.services.loading.unpack_body import stored_body
from imports.services.loading.wrong_rows import summary_of
from imports.services.raw_bodies import remove_body
from imports.services.residents.carry_corrections import carry_corrections

Status = Import.Status
# A body that brings every worker down must not be tried for ever.
MAX_ATTEMPTS = 5
# Whoever holds one of them, `IMPORT_LARGE_AT_ONCE` by number, loads a large delivery: as many as there are general
# workers would leave none for the rest.
LARGE_LEASE = "imports.load_large:{}"
WAITS = "waits"
_NAME_BACKEND = "SELECT set_config('application_name', %s, true)"
_END_PREDECESSOR = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = %s AND datname = current_database() AND pid <> pg_backend_pid()
"""


def load_received(*, import_id: int) -> str:
    """Loads a queued delivery, or one whose worker is gone, and says what became of it.

    `complete`, `checked` or `failed` is its status now; `taken`: another worker is at it; `stopped`: it was cancelled,
    deleted, loaded already, or taken over by another worker on the way.
    """
    try:
        with lease(f"{LEASE_PREFIX}{import_id}") as held:
            return _Load(import_id, held).run()
    except LeaseTaken:
        return "taken"
    except (LeaseLost, Stopped):
        return "stopped"


def load_large_received(*, import_id: int) -> str:
    """`load_received` for large ones: `WAITS` while `IMPORT_LARGE_AT_ONCE` others are loaded."""
    for number in range(settings.IMPORT_LARGE_AT_ONCE):
        try:
            with lease(LARGE_LEASE.format(number)):
                return load_received(import_id=import_id)
        except LeaseTaken:
            continue
    return WAITS


def read_received(delivery: Import) -> list[Resident]:
    """The residents of a stored body. Raises as `load_document` does for the same bytes, on the day that they came."""
    rules = rules_on(delivery.created_at.astimezone(UTC).date())
    return read_document(b"".join(stored_body(delivery)), max_citizens=settings.IMPORT_MAX_CITIZENS, rules=rules)


class _Load:
    def __init__(self, import_id: int, held: Held) -> None:
        self._import_id = import_id
        self._held = held

    def run(self) -> str:
        self._end_predecessor()
        delivery = self._claim()
        if delivery.attempts > MAX_ATTEMPTS:
            return self._fail(_given_up())
        try:
            return self._load(delivery)
        except (InvalidInput, TooLarge, NoSpace, Forbidden) as refusal:
            return self._fail(refusal, delivery)
        except Error as error:
            if isinstance(problem := as_problem(error), NoSpace):
                return self._fail(problem)
            raise

    def _load(self, delivery: Import) -> str:
        progress = Progress(self._import_id, self._held)
        try:
            if delivery.left_out is not None:
                good = partial(store_good, delivery, over=progress.connection, tell=progress.tell)
                return self._store(delivery, good)
            if not FORMATS[delivery.media_type].is_document:
                return self._store(delivery, ReceivedStream(delivery, progress).store)
            citizens = read_received(delivery)
            self._move(citizen_count=len(citizens))
            return self._store(delivery, partial(self._copy, citizens, progress))
        finally:
            progress.close()

    def _store(self, delivery: Import, store: Callable[[], tuple[int, int | None]]) -> str:
        """Stores the residents for good, or to look at them and take them back. `store` says how many they are, and how
        many rows were left out, None where none may be."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_NAME_BACKEND, [self._held.name])
            count, left_out = store()
            if not self._is_held(delivery):
                compared = self._compared(delivery, count)
                # The fence after the rows, in one transaction with them: a lease that is guarded for as long as a COPY
                # takes could not be taken over from a worker that froze in it.
                if delivery.carries_corrections:
                    carry_corrections(import_id=self._import_id, actor=delivery.created_by)
                self._complete(count, left_out, compared)
                return Status.COMPLETE.value
            review = review_delivery(import_id=self._import_id, source=delivery.source, residents=count)
            transaction.set_rollback(True)
        reclaim_soon(count)
        return self._check(review, left_out)

    def _compared(self, delivery: Import, count: int) -> dict[str, int | None] | None:
        """What the page of a delivery says of what it replaces. Who approved it was told."""
        if not delivery.stops_at_losses:
            return None
        return review_delivery(import_id=self._import_id, source=delivery.source, residents=count).counts

    def _is_held(self, delivery: Import) -> bool:
        return delivery.stops_when_checked or (
            delivery.stops_at_losses
            and takes_away_many(import_id=self._import_id, source=delivery.source, actor=delivery.created_by)
        )

    def _copy(self, citizens: list[Resident], progress: Progress) -> tuple[int, None]:
        copy_residents(progress.watched(copy_rows(citizens, self._import_id)))
        if progress.is_stopped:
            raise Stopped
        return len(citizens), None

    def _end_predecessor(self) -> None:
        # Whoever is frozen in the middle of a COPY keeps its rows' ids locked: ours would wait for it for ever.
        with connection.cursor() as cursor:
            cursor.execute(_END_PREDECESSOR, [self._held.name])

    @transaction.atomic
    def _claim(self) -> Import:
        self._held.assert_fence()
        waiting = Import.objects.live().filter(pk=self._import_id, status__in=[Status.QUEUED, Status.LOADING])
        if not waiting.update(status=Status.LOADING, processed=0, attempts=F("attempts") + 1):
            raise Stopped
        return Import.objects.get(pk=self._import_id)

    @transaction.atomic
    def _move(self, **values: Any) -> None:
        self._held.assert_fence()
        if not Import.objects.live().filter(pk=self._import_id, status=Status.LOADING).update(**values):
            raise Stopped

    @transaction.atomic
    def _end(self, **values: Any) -> None:
        """Moves it to where it stays, or waits for people, and tells whoever asked."""
        self._move(**values)
        tell_outcome(Import.objects.defer("wrong_cells", "differences").get(pk=self._import_id))

    def _fail(self, refusal: Problem, delivery: Import | None = None) -> str:
        wrong = summary_of(delivery) if delivery and isinstance(refusal, InvalidInput) else None
        grid = wrong.pop("grid") if wrong else None
        errors = refusal.errors or [FieldError("", _code(refusal), refusal.text)]
        self._end(
            status=Status.FAILED,
            processed=0,
            errors=[error.stored() for error in errors],
            more_errors=refusal.more_errors,
            wrong_rows=wrong,
            wrong_cells=grid,
            settled_at=timezone.now(),
        )
        return Status.FAILED.value

    @transaction.atomic
    def _check(self, review: Review, left_out: int | None) -> str:
        values = {"citizen_count": review.counts["residents"], "processed": 0, "review": review.counts}
        values["left_out"] = left_out
        self._end(status=Status.CHECKED, differences=storable_differences(review), **values)
        return Status.CHECKED.value

    def _complete(self, count: int, left_out: int | None, compared: dict[str, int | None] | None) -> None:
        now = timezone.now()
        body: dict[str, Any] = {"body_size": None} if body_goes_at_once() else {}
        self._end(
            status=Status.COMPLETE,
            citizen_count=count,
            processed=count,
            left_out=left_out,
            compared=compared,
            completed_at=now,
            settled_at=now,
            **body,
        )
        if body:
            remove_body(self._import_id)


def _code(refusal: Problem) -> str:
    """Where no single value is wrong. After a lack of room a person says when to try again."""
    if isinstance(refusal, Forbidden):
        return "forbidden"
    return "no_space" if isinstance(refusal, NoSpace) else "too_large"


def _given_up() -> InvalidInput:
    told = _("Loading began %(times)s times and never came to its end. Retry it when the reason is gone.")
    detail = told % {"times": MAX_ATTEMPTS}
    return InvalidInput(detail, errors=[FieldError("", "gave_up", detail)])
