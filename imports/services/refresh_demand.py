"""Has the demand counted anew: residents who go are not to stay in what was counted of them."""

from config.common.background.publishing import enqueue

# The task of whoever counts, by its name: who that is is not known here.
REFRESH_DEMAND = "analytics.refresh"


def refresh_demand() -> None:
    """Asks for it. A message that is lost is nobody's loss: what is out of date is swept up, a little later."""
    enqueue(REFRESH_DEMAND)
