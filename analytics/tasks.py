"""Does in the background what keeps the demand counted and its towns placed."""

from typing import Any

import structlog
from django.utils.translation import gettext_lazy

from analytics.services.asking.kept import ANSWER, forget_unasked, renew, send_wanted, work_out
from analytics.services.counting.follow_channels import moved_channels
from analytics.services.counting.publish_segments import moved_towns
from analytics.services.counting.refresh_demand import REFRESH, refresh_demand
from analytics.services.counting.stale import count_stale_imports
from analytics.services.deciding import calendar, changes, drawn_months, effects, flows  # noqa: F401 - what they work out
from analytics.services.deciding.alerts import ALERT, any_to_compare, find_alerts
from analytics.services.placing.demand_towns import airports_changed, any_town_without_place
from analytics.services.placing.place_towns import PLACE, PLACE_ALL, place_all_towns, place_towns
from analytics.services.telling.stale import tell_if_stale
from config.common.background.policy import BackgroundTask, background_task, log_if_any
from config.common.background.publishing import enqueue
from config.common.background.single import once_every, single_run
from config.common.background.sweeping import SWEPT_EXPIRES, sweep

# After so long a run gives way to other work.
_SECONDS = 30.0
# Looking for towns reads all aggregates; within a minute is soon enough.
_LOOK_EVERY_SECONDS = 30
# Looking for deliveries to compare asks once for each source; the refresh sends the message itself.
_COMPARE_EVERY_SECONDS = 300
# An episode is of half an hour and more.
_TELL_EVERY_SECONDS = 60
# Staff change airports one after the other; that places all towns anew once in a while.
_ALL_EVERY_SECONDS = 600

logger = structlog.get_logger(__name__)


@background_task(
    REFRESH, queue="default", title=gettext_lazy("Count the demand"), soft_time_limit=300, time_limit=330, expires=600
)
def refresh(self: BackgroundTask, **kwargs: Any) -> None:
    """Refreshes what is stale, one run at a time; what is left after a while is a new message's."""
    with single_run(REFRESH) as alone:
        if not alone:
            return
        refreshed, more = refresh_demand(seconds=_SECONDS)
        log_if_any(logger, "demand_refreshed", imports=refreshed, more=more)
    if more:
        enqueue(REFRESH)
    elif refreshed:
        renew()
        enqueue(ALERT)


@sweep(REFRESH)
def sweep_stale() -> None:
    """Finds imports that are new, corrected, deleted or erased since they were counted, days that passed, and towns
    and channels that moved."""
    if count_stale_imports() or moved_towns() or moved_channels():
        enqueue(REFRESH, expires=SWEPT_EXPIRES)


@background_task(ANSWER, queue="default", soft_time_limit=600, time_limit=660)
def answer(self: BackgroundTask, *, key: str, **kwargs: Any) -> None:
    """Works out one of the answers that somebody waits for, each once at a time."""
    with single_run(f"{ANSWER}:{key}") as alone:
        if alone:
            logger.info("answer_worked_out", key=key, kept=work_out(key=key))


@sweep(ANSWER)
def sweep_answers() -> None:
    """Finds answers that somebody waits for, and those that nobody asks for any more."""
    send_wanted(expires=SWEPT_EXPIRES)
    forget_unasked()


@background_task(ALERT, queue="default", soft_time_limit=600, time_limit=660)
def alert(self: BackgroundTask, **kwargs: Any) -> None:
    """Compares deliveries with the ones before them, and makes alerts of what changed, one run at a time."""
    with single_run(ALERT) as alone:
        if alone:
            log_if_any(logger, "deliveries_compared", alerts=find_alerts())


@sweep(ALERT)
def sweep_alerts() -> None:
    """Finds deliveries that were not compared, because a message was lost or a limit changed."""
    if once_every(f"{ALERT}:sweep", seconds=_COMPARE_EVERY_SECONDS) and any_to_compare():
        enqueue(ALERT, expires=SWEPT_EXPIRES)


@background_task(PLACE, queue="default", soft_time_limit=600, time_limit=660)
def place_towns_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Finds the places of towns that nobody has tried to place yet, one run at a time."""
    with single_run(PLACE) as alone:
        if alone:
            found = place_towns()
            log_if_any(logger, "towns_placed", placed=found.placed, unplaced=found.unplaced)


@background_task(PLACE_ALL, queue="bulk", title=gettext_lazy("Place all towns"), soft_time_limit=900, time_limit=960)
def place_all_towns_task(self: BackgroundTask, **kwargs: Any) -> None:
    """Finds the places of all towns anew, by the airports of today; what a run leaves over the next one takes first."""
    with single_run(PLACE_ALL) as alone:
        if alone:
            found = place_all_towns()
            log_if_any(logger, "all_towns_placed", placed=found.placed, unplaced=found.unplaced)


@sweep(PLACE)
def sweep_towns() -> None:
    """Finds towns without a place, and places that are older than what the airports are now."""
    if not once_every(f"{PLACE}:sweep", seconds=_LOOK_EVERY_SECONDS):
        return
    if any_town_without_place():
        enqueue(PLACE, expires=SWEPT_EXPIRES)
    if airports_changed() and once_every(PLACE_ALL, seconds=_ALL_EVERY_SECONDS):
        enqueue(PLACE_ALL, expires=_ALL_EVERY_SECONDS)


@sweep("analytics.stale")
def sweep_lasting() -> None:
    """Looks whether something has been waiting for the refresh for too long."""
    if once_every("analytics.stale", seconds=_TELL_EVERY_SECONDS):
        tell_if_stale()
