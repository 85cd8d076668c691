"""Has a delivery loaded once all its messages are there; else says what is missing."""

from django.utils import timezone

from config.common.background.publishing import enqueue
from imports.models import Arrival, Import
from imports.services.loading.arrivals import errors_of, state_of
from imports.services.loading.receive_delivery import load_task


def complete_arrival(arrival: Arrival, delivery: Import) -> bool:
    """Whether all of it is there, so that it is queued as any other body that was received. Call it with both held,
    after each change."""
    if arrival.begun_at is None or arrival.ended_at is None:
        return False
    found = Import.objects.filter(pk=delivery.pk)
    state = state_of(arrival)
    if not state.is_whole:
        found.update(errors=[error.stored() for error in errors_of(state)])
        return False
    arrival.settled_at = timezone.now()
    arrival.save(update_fields=["settled_at"])
    found.update(status=Import.Status.QUEUED, errors=[])
    enqueue(load_task(found.get()), import_id=delivery.pk)
    return True
