"""Counts again what is stale, one import after the other, in short transactions."""

import math
import time

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.auth.models import User
from django.db import connection

from analytics.services.counting.follow_channels import follow_channels
from analytics.services.counting.publish_segments import republish
from analytics.services.counting.refresh_import import refresh_import
from analytics.services.counting.stale import stale_imports
from config.common.background.publishing import publish
from imports.models import Import

REFRESH = "analytics.refresh"
# Of a message that somebody's request sent: the sweep has found what is stale before.
_EXPIRES_SECONDS = 60.0

logger = structlog.get_logger(__name__)


def refresh_demand(*, seconds: float = math.inf) -> tuple[int, bool]:
    """Counts until nothing is stale, or `seconds` are over. How many imports it counted, and whether some are left.

    Towns that moved come first, and new ones are placed, so it is for processes that may keep the names of cities. May
    be killed and repeated at any point, and run twice at the same time. An import that cannot be counted is logged and
    left as it was; it keeps no other from its turn. Each has one turn: what is corrected all the time does not hold a
    run up for ever.
    """
    deadline, refreshed, done = time.monotonic() + seconds, set[int](), set[int]()
    republish()
    follow_channels()
    while waiting := [one.import_id for one in stale_imports() if one.import_id not in done]:
        # With one of a source its current one may have been counted too.
        for import_id in (one for one in waiting if one not in refreshed):
            if time.monotonic() >= deadline:
                return len(refreshed), True
            refreshed |= _refreshed_with(import_id)
        done |= {*waiting, *refreshed}
    # Towns that moved in what was shown as it is until now.
    republish()
    return len(refreshed), False


def refresh_all() -> int:
    """Counts every complete import again, after what is stale. Returns how many complete ones there are."""
    refresh_demand()
    import_ids = list(Import.objects.live().filter(status=Import.Status.COMPLETE).values_list("pk", flat=True))
    return sum(import_id in _refreshed_with(import_id) for import_id in import_ids)


def request_refresh(*, actor: User) -> bool:
    """Has a worker refresh what is stale. Whether the message could be sent; without Redis the sweeper sends it later.

    However often it is asked for: runs exclude each other, and there is nothing to do for the second one.
    """
    sent = publish(REFRESH, kwargs={}, expires=_EXPIRES_SECONDS)
    logger.info("refresh_requested", user_id=actor.pk, sent=sent)
    return sent


def _refreshed_with(import_id: int) -> set[int]:
    """Brings one up to date; it and the ones that were counted with it, nothing where it failed."""
    try:
        return {import_id} | refresh_import(import_id=import_id, may_place=True)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("refresh_failed", import_id=import_id)
        if not connection.is_usable():
            raise
        return set()
