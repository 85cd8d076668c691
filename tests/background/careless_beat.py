"""The negative control of beat, in a file of its own: schedulers are imported when the apps are ready."""

from config.common.background.beat import Scheduler


class CarelessBeat(Scheduler):
    """One that sends whatever others do."""

    def leads(self) -> bool:
        return True
