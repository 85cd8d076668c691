"""When a notice that was not taken is tried again: at first soon, then every eight hours, for three days."""

import random
from datetime import datetime, timedelta

FIRST = timedelta(seconds=5)
LONGEST = timedelta(hours=8)
TRIED_FOR = timedelta(days=3)
# Each pause is so many times what has passed: 5 s, 30 s, 3 min, 18 min, 2 h after the first attempt.
_GROWTH = 5
_JITTER = 0.1


def next_attempt(*, since: datetime, now: datetime) -> datetime | None:
    """The moment of the next attempt of what has been tried `since` then; None when its three days are over.

    Jitter spreads what failed together; the last attempt is made when the time is up.
    """
    if now >= since + TRIED_FOR:
        return None
    pause = min(LONGEST, max(FIRST, _GROWTH * (now - since)))
    return min(now + pause * random.uniform(1, 1 + _JITTER), since + TRIED_FOR)  # nosec B311 # spreads, hides nothing
