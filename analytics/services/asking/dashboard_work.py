"""What happens and what waits, for the front page of the admin: deliveries, changes, links, queues and the database."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from redis.exceptions import RedisError

from airports.models import Airport, PendingChange
from config.common.background.workers import workers_by_queue
from config.common.services.figures import database_bytes, database_connections, seconds_since_beat
from config.common.services.health import redis_answers
from config.common.services.queues import queues
from imports.models import Correction, Import

# What one sees at a glance; the lists behind have the rest.
RECENT = 24
UNDER_WAY = 5
LINKS = 5
# Beat writes down every minute what it sent.
BEAT_SILENT_SECONDS = 180

_UNDER_WAY = (Import.Status.QUEUED, Import.Status.LOADING, Import.Status.CHECKED)


@dataclass(frozen=True, slots=True)
class Deliveries:
    """How many there are in each status; those on their way or to be approved, and failed ones, newest first; the last
    ones of any status, oldest first."""

    counts: dict[str, int]
    under_way: list[Import]
    failed: list[Import]
    recent: list[Import]


@dataclass(frozen=True, slots=True)
class Changes:
    """How many there were `since`; None for what the reader may not see."""

    since: datetime
    corrections: int | None
    imports: int | None
    airports: int | None


@dataclass(frozen=True, slots=True)
class Links:
    """The links that wait for somebody to confirm them: how many, and those that expire first."""

    count: int
    next: list[PendingChange]


@dataclass(frozen=True, slots=True)
class QueueState:
    """`depth` messages wait, the longest for `oldest` seconds (None: none waits); `workers` take from it."""

    name: str
    depth: int
    oldest: float | None
    workers: int

    @property
    def is_ill(self) -> bool:
        """Whether nobody takes from it."""
        return self.workers == 0


@dataclass(frozen=True, slots=True)
class Work:
    """`queues` is None while Redis does not answer; `beat` the seconds since it sent anything, None before that."""

    queues: list[QueueState] | None
    beat: float | None
    connections: int
    connection_limit: int
    database_bytes: int

    @property
    def is_beat_silent(self) -> bool:
        """Whether schedules have stopped."""
        return self.beat is None or self.beat > BEAT_SILENT_SECONDS


def read_deliveries() -> Deliveries:
    """Of all sources."""
    live = Import.objects.live().order_by("-id").defer("errors", "differences", "review")
    return Deliveries(
        counts=Import.objects.all().by_status(),
        under_way=list(live.filter(status__in=_UNDER_WAY)[:UNDER_WAY]),
        failed=list(live.filter(status=Import.Status.FAILED)[:UNDER_WAY]),
        recent=list(live[:RECENT])[::-1],
    )


def read_changes(*, actor: User, now: datetime | None = None) -> Changes:
    """Since yesterday began, in UTC."""
    yesterday = (now or timezone.now()).astimezone(UTC).date() - timedelta(days=1)
    since = datetime.combine(yesterday, time.min, tzinfo=UTC)
    corrections = Correction.objects.filter(delivery__deleted_at=None, corrected_at__gte=since)
    return Changes(
        since=since,
        corrections=corrections.count() if actor.has_perm("imports.view_correction") else None,
        imports=(
            Import.objects.live().filter(created_at__gte=since).count()
            if actor.has_perm("imports.view_import")
            else None
        ),
        airports=_airports(actor, since) if actor.has_perm("airports.view_airport") else None,
    )


def _airports(actor: User, since: datetime) -> int:
    # As their list: who may not delete sees no flagged ones.
    seen = Airport.objects.all() if actor.has_perm("airports.delete_airport") else Airport.objects.live()
    return seen.filter(updated_at__gte=since).count()


def read_links(*, now: datetime | None = None) -> Links:
    """Nobody confirmed them, and one still can."""
    waiting = PendingChange.objects.waiting(now or timezone.now()).order_by("expires_at", "pk")
    return Links(waiting.count(), list(waiting.select_related("asked_by")[:LINKS]))


def read_work() -> Work:
    """Without Redis at once, and while it is frozen after half a second."""
    connections = database_connections()
    return Work(
        queues=_queues(),
        beat=seconds_since_beat(),
        connections=int(connections["open"]),
        connection_limit=int(connections["limit"]),
        database_bytes=int(database_bytes()),
    )


def _queues() -> list[QueueState] | None:
    if not redis_answers():
        return None
    try:
        workers, found = workers_by_queue(), {queue.name: queue for queue in queues()}
    except (RedisError, OSError):
        # Gone between the two questions.
        return None
    return [
        QueueState(name, found[name].depth, found[name].oldest, int(workers[name]))
        for name in settings.BACKGROUND_QUEUES
    ]
