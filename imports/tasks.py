"""What is done with deliveries in the background."""

from typing import Any

from config.common.background.publishing import enqueue
from config.common.background.single import single_run
from config.common.background.sweeping import SWEPT_EXPIRES, sweep
from config.common.background.tasks import BackgroundTask, background_task
from imports.models import Import
from imports.services.delete_import import PURGE, purge_deleted_imports

# A purge gives way to other bulk work after so long.
_PURGE_SECONDS = 30.0


@background_task(PURGE, queue="bulk")
def purge_deleted(self: BackgroundTask, **kwargs: Any) -> None:
    """Removes the rows of deleted imports, one run at a time; what is left after a while is a new message's."""
    with single_run(PURGE) as alone:
        if alone:
            purge_deleted_imports(seconds=_PURGE_SECONDS)
            sweep_deleted()


@sweep(PURGE)
def sweep_deleted() -> None:
    """Deleted imports whose rows are still there."""
    if Import.objects.deleted().exists():
        enqueue(PURGE, expires=SWEPT_EXPIRES)
