"""Withdraws links: nobody can confirm them any more."""

from collections.abc import Collection

import structlog
from django.contrib.auth.models import User
from django.utils import timezone

from airports.models import PendingChange
from airports.services.pending_changes import may_decide

logger = structlog.get_logger(__name__)


def withdraw_changes(*, change_ids: Collection[int], actor: User) -> int:
    """How many of them were withdrawn: those that waited and that `actor` may decide about; the others stay.

    Their links answer 410 from now on. Somebody who confirms one at the same moment is either before this or too late.
    """
    now = timezone.now()
    waiting = PendingChange.objects.filter(pk__in=change_ids).waiting(now).only("action")
    mine = [change.pk for change in waiting if may_decide(change, actor)]
    withdrawn = PendingChange.objects.filter(pk__in=mine).waiting(now).update(withdrawn_at=now)
    logger.info("changes_withdrawn", changes=withdrawn)
    return withdrawn
