"""Forgets links that can no longer be confirmed."""

from django.conf import settings
from django.utils import timezone

from airports.models import PendingChange


def expire_changes() -> int:
    """How many went: used or not, those that expired as long ago as the setting `AIRPORT_LINK_MEMORY` says.

    Until then an expired link is answered by 410 and a used one by 409; afterwards both are unknown.
    """
    due = PendingChange.objects.filter(expires_at__lte=timezone.now() - settings.AIRPORT_LINK_MEMORY)
    return due.delete()[0]
