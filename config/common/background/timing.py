"""When a schedule runs, as people say it: every so often, or at a time of day in a time zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from zoneinfo import available_timezones

_SECONDS = {"microseconds": 1e-6, "seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# A message that nobody took for an hour is of no use, however seldom there is one.
_LONGEST_EXPIRY = 3_600
DEFAULT_ZONE = "Europe/Madrid"
# By cron's numbers, in the order of a week.
WEEK = {"1": "Monday", "2": "Tuesday", "3": "Wednesday", "4": "Thursday", "5": "Friday", "6": "Saturday", "0": "Sunday"}
_WORKDAYS = frozenset("12345")


class How(StrEnum):
    """What a schedule goes by."""

    EVERY = "every"
    DAY = "day"
    WEEKDAYS = "weekdays"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Every so often: `number` and `unit` count. Else `at` and `zone`, and `days`, which are keys of `WEEK`."""

    how: How
    number: int = 1
    unit: str = "hours"
    at: time = time(6)
    days: frozenset[str] = frozenset()
    zone: str = DEFAULT_ZONE

    def __str__(self) -> str:
        if self.how == How.EVERY:
            return f"every {self.unit.removesuffix('s')}" if self.number == 1 else f"every {self.number} {self.unit}"
        when = f"at {self.at:%H:%M} {self.zone}"
        if self.how == How.DAY:
            return f"every day {when}"
        if self.how == How.MONTH:
            return f"on the first of each month {when}"
        if self.days == _WORKDAYS:
            return f"Monday to Friday {when}"
        return f"on {', '.join(name for day, name in WEEK.items() if day in self.days)} {when}"

    @property
    def expiry(self) -> int:
        """Seconds after which a message is too old: by then there is another."""
        if self.how != How.EVERY:
            return _LONGEST_EXPIRY
        # Not a moment that is over before anybody could take it.
        return max(1, min(_LONGEST_EXPIRY, int(self.number * _SECONDS[self.unit])))


def time_zones() -> Iterable[str]:
    """Names the zones of places, and UTC."""
    return ["UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in _REGIONS)]
