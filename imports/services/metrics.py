"""The figures of the deliveries, for the metrics."""

from django.db.models import F, Sum
from django.utils import timezone

from config.common.kafka.clients import is_on
from config.common.observe.metrics import gauge
from imports.models import Arrival, Import


def register() -> None:
    """What the metrics tell of deliveries."""
    gauge("demanda_imports", "Deliveries.", imports_by_status, label="status")
    gauge("demanda_citizens", "Residents that are stored.", citizens)
    gauge("demanda_imports_waiting_seconds", "Since the oldest came that is not loaded yet.", waiting_seconds)
    gauge("demanda_kafka_missing_messages", "Of deliveries whose end has come.", missing_messages)


def missing_messages() -> float | None:
    """How many messages of deliveries that were announced as whole have not come, or are not valid."""
    if not is_on():
        return None
    # Of one that was discarded, or deleted, nobody waits for more.
    waiting = Import.objects.live().filter(status=Import.Status.CHECKED).values("pk")
    arrivals = Arrival.objects.filter(settled_at=None, expected__gt=F("came"), import_id__in=waiting)
    return float(arrivals.aggregate(missing=Sum(F("expected") - F("came"), default=0))["missing"])


def imports_by_status() -> dict[str, float]:
    """How many there are in each status, 0 among them."""
    found = Import.objects.all().by_status()
    return {status: float(found.get(status, 0)) for status in Import.Status.values}


def citizens() -> float:
    """Residents of all deliveries."""
    return float(Import.objects.all().citizens())


def waiting_seconds() -> float:
    """How long the oldest delivery waits that is queued or loading; 0 without any."""
    since = Import.objects.all().waiting_since()
    return 0.0 if since is None else max(0.0, (timezone.now() - since).total_seconds())
