"""Tells staff of changes that are more than chance, and large enough to act on: each once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction

from analytics.models import Alert, ComparedDelivery, DemandSettings, ImportDemand
from analytics.querysets import AlertQuerySet
from analytics.services.asking.questions import Question
from analytics.services.deciding.changes import Change, compare_by, read_both
from analytics.services.telling.kinds import ALERT as TOLD
from config.common.db.snapshots import snapshot
from config.common.events.services.record import record
from config.common.problems import NotFound
from config.common.texts import gettext as _
from imports.models import Import
from imports.services.naming.resolve_source import last_complete_of

ALERT = "analytics.alert"
# By each of these two deliveries are compared.
GROUPINGS = ("city", "channel", "age_group")

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Limits:
    """The least residents in both deliveries, and the least change in per cent."""

    residents: int
    percent: int

    def passed(self, row: Change) -> bool:
        """Whether the change is one that people are told of."""
        if not row.significant or row.change is None:
            return False
        least = self.percent * (row.before.courses_per_100 or 0) / 100
        return min(row.before.residents, row.after.residents) >= self.residents and abs(row.change) >= least


@dataclass(frozen=True, slots=True)
class _Pair:
    """The current delivery of a source and the one before it; `state` is another after a correction of either."""

    before: Import
    after: ImportDemand
    state: str


def find_alerts() -> int:
    """Compares each source's last two deliveries, where one of them or a limit is another than at the last time; how
    many alerts there are more.

    May be killed and repeated at any point: a pair that was looked at is written down with its alerts.
    """
    Alert.objects.exclude(pk__in=Alert.objects.live()).delete()
    limits = _limits()
    return sum(_look(pair, limits) for pair in _unseen(limits))


def shown_alerts() -> AlertQuerySet:
    """All of them, newest first, of deliveries that are there."""
    return Alert.objects.live()


def find_alert(alert_id: int) -> Alert:
    """Raises `NotFound`."""
    found = Alert.objects.numbered(alert_id)
    if found is None:
        raise NotFound(_("There is no alert with this id."))
    return found


def any_to_compare() -> bool:
    """Whether there are deliveries that nobody looked at."""
    return next(_unseen(_limits()), None) is not None


def _limits() -> _Limits:
    stored = DemandSettings.objects.first() or DemandSettings()
    return _Limits(stored.alert_residents, stored.alert_percent)


def _unseen(limits: _Limits) -> Iterator[_Pair]:
    seen = dict(ComparedDelivery.objects.values_list("delivery_id", "state"))
    for after in ImportDemand.objects.current().order_by("pk"):
        before = last_complete_of(after.source, before=after.pk)
        if before is None:
            continue
        state = f"{before.pk}:{before.revision}:{after.revision}:{limits.residents}:{limits.percent}"
        if seen.get(after.pk) != state:
            yield _Pair(before, after, state)


def _look(pair: _Pair, limits: _Limits) -> int:
    with snapshot():
        both = read_both(Question(import_id=pair.after.pk), before=pair.before.pk)
    found = [row for key in GROUPINGS for row in compare_by(Question(group_by=(key,)).columns, *both)[1]]
    made = [_alert(pair, row) for row in found if limits.passed(row)]
    return _write(pair, made)


def _alert(pair: _Pair, row: Change) -> Alert:
    return Alert(
        delivery_id=pair.after.pk,
        before_id=pair.before.pk,
        source=pair.after.source,
        group=row.keys,
        residents_before=row.before.residents,
        courses_before=row.before.courses,
        residents=row.after.residents,
        courses=row.after.courses,
        change=row.change or 0,
        change_low=row.change_low or 0,
        change_high=row.change_high or 0,
        q=row.q or 0,
    )


def _told(alert: Alert) -> dict[str, Any]:
    return {
        "alert_id": alert.pk,
        "source": alert.source,
        "import_id": alert.delivery_id,
        "compared_with": alert.before_id,
        "group": alert.group,
        "residents": alert.residents,
        "change": alert.change,
        "q": alert.q,
    }


@transaction.atomic
def _write(pair: _Pair, alerts: list[Alert]) -> int:
    """Keeps the alerts that are new: after a correction of a delivery most of its changes were told before."""
    known = Alert.objects.filter(delivery_id=pair.after.pk, before_id=pair.before.pk).values_list("group", flat=True)
    told = list(known)
    new = [alert for alert in alerts if alert.group not in told]
    for alert in new:
        alert.save()
        record(TOLD.name, f"/analytics/alerts/{alert.pk}", _told(alert))
        logger.info("alert_made", alert_id=alert.pk, import_id=alert.delivery_id)
    ComparedDelivery.objects.update_or_create(delivery_id=pair.after.pk, defaults={"state": pair.state})
    return len(new)
