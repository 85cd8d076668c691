"""What is done with deliveries in the background."""

from collections.abc import Iterable
from typing import Any

import structlog
from django.utils.translation import gettext_lazy

from config.common.background.policy import BackgroundTask, background_task, log_if_any
from config.common.background.publishing import enqueue
from config.common.background.single import single_run
from config.common.background.sweeping import SWEPT_EXPIRES, sweep
from imports.models import Import, Rename
from imports.querysets import ImportQuerySet
from imports.services.erasing.delete_delivery import PURGE, purge_deleted_deliveries
from imports.services.erasing.erase_bodies import erase_old_bodies, forget_drafts
from imports.services.erasing.erase_delivery import ERASE, scrub_erased_deliveries
from imports.services.erasing.erase_old_deliveries import erase_old_deliveries
from imports.services.erasing.reclaim_space import VACUUM, reclaim_space
from imports.services.loading.load_received import WAITS, load_large_received, load_received
from imports.services.loading.receive_delivery import LOAD, LOAD_LARGE, load_task
from imports.services.residents.rename_value import RENAME, carry_out_rename

ERASE_BODIES = "imports.erase_bodies"
ERASE_OLD = "imports.erase_old"
# A purge, or an erasure, gives way to other bulk work after so long.
_PURGE_SECONDS = 30.0
# The oldest ones; the next sweep sends more.
_SWEPT_AT_ONCE = 100

# For what a compressed body may unpack to (`STREAM_MAX_BYTES`), at a tenth of the usual speed.
_LONGEST_LOAD = 4 * 3600.0

logger = structlog.get_logger(__name__)


@background_task(LOAD, queue="default", soft_time_limit=600, time_limit=660)
def load(self: BackgroundTask, *, import_id: int, **kwargs: Any) -> None:
    """Loads a received delivery; one that is loaded, cancelled or deleted is left alone."""
    logger.info("import_load", import_id=import_id, outcome=load_received(import_id=import_id))


@background_task(
    LOAD_LARGE,
    queue="bulk",
    soft_time_limit=_LONGEST_LOAD,
    time_limit=_LONGEST_LOAD + 60,
    # The lease turns a second run away.
    may_outlive_message=True,
)
def load_large(self: BackgroundTask, *, import_id: int, **kwargs: Any) -> None:
    """Loads a large delivery unless enough others are being loaded, and then sends the next of those that waited."""
    outcome = load_large_received(import_id=import_id)
    logger.info("import_load", import_id=import_id, outcome=outcome)
    if outcome != WAITS:
        _send([row for row in _stalled() if load_task(row) == LOAD_LARGE][:1])


@sweep(LOAD)
def sweep_stalled() -> None:
    """Deliveries whose message was lost or never sent, or whose worker is gone."""
    _send(_stalled()[:_SWEPT_AT_ONCE])


def _stalled() -> ImportQuerySet:
    return Import.objects.stalled().only("body_size", "content_encoding")


def _send(waiting: Iterable[Import]) -> None:
    for row in waiting:
        enqueue(load_task(row), expires=SWEPT_EXPIRES, import_id=row.pk)


@background_task(ERASE_BODIES, queue="bulk", title=gettext_lazy("Erase what deliveries were loaded from"))
def erase_bodies(self: BackgroundTask, **kwargs: Any) -> None:
    """Erases raw bodies whose time is over, one run at a time; what is left after a while is a new message's."""
    with single_run(ERASE_BODIES) as alone:
        if not alone:
            return
        erased, more = erase_old_bodies(seconds=_PURGE_SECONDS)
        log_if_any(logger, "bodies_erased", erased=erased, more=more, drafts=forget_drafts())
    if more:
        enqueue(ERASE_BODIES)


@background_task(PURGE, queue="bulk", one_at_a_time=True)
def purge_deleted(self: BackgroundTask, **kwargs: Any) -> None:
    """Removes the rows of deleted deliveries, one run at a time; what is left after a while is a new message's."""
    purge_deleted_deliveries(seconds=_PURGE_SECONDS)
    sweep_deleted()


@sweep(PURGE)
def sweep_deleted() -> None:
    """Deleted deliveries whose rows are still there."""
    if Import.objects.deleted().exists():
        enqueue(PURGE, expires=SWEPT_EXPIRES)


@background_task(ERASE, queue="bulk", one_at_a_time=True)
def erase(self: BackgroundTask, **kwargs: Any) -> None:
    """Removes the personal data of erased deliveries, one run at a time; what is left after a while is a new
    message's."""
    log_if_any(logger, "imports_erased", erased=scrub_erased_deliveries(seconds=_PURGE_SECONDS))
    sweep_erased()


@sweep(ERASE)
def sweep_erased() -> None:
    """Erased deliveries of which something personal is still there."""
    if Import.objects.to_scrub().exists():
        enqueue(ERASE, expires=SWEPT_EXPIRES)


@background_task(ERASE_OLD, queue="bulk", title=gettext_lazy("Erase the residents of old deliveries"))
def erase_old(self: BackgroundTask, **kwargs: Any) -> None:
    """Marks the deliveries whose time is over as erased, one run at a time; what is left is a new message's."""
    with single_run(ERASE_OLD) as alone:
        if not alone:
            return
        erased, more = erase_old_deliveries(seconds=_PURGE_SECONDS)
        log_if_any(logger, "old_imports_erased", erased=erased, more=more)
    if more:
        enqueue(ERASE_OLD)


@background_task(VACUUM, queue="bulk", soft_time_limit=900, time_limit=960, one_at_a_time=True)
def vacuum(self: BackgroundTask, **kwargs: Any) -> None:
    """Makes the room of many removed rows free for the next ones, one run at a time."""
    reclaim_space()


@background_task(RENAME, queue="default", soft_time_limit=600, time_limit=660)
def rename(self: BackgroundTask, *, rename_id: int, **kwargs: Any) -> None:
    """Renames a town or a channel throughout a delivery; what is done is left alone."""
    logger.info("rename", rename_id=rename_id, citizens=carry_out_rename(rename_id=rename_id))


@sweep(RENAME)
def sweep_renames() -> None:
    """Renamings whose message was lost, or whose worker is gone."""
    for rename_id in Rename.objects.filter(finished_at=None).values_list("pk", flat=True)[:_SWEPT_AT_ONCE]:
        enqueue(RENAME, expires=SWEPT_EXPIRES, rename_id=rename_id)
