"""When a schedule runs, as people say it: every so often, or at a time of day in a time zone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

_SECONDS = {"microseconds": 1e-6, "seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# A message that nobody took for an hour is of no use, however seldom there is one.
_LONGEST_EXPIRY = 3_600
DEFAULT_ZONE = "Europe/Madrid"
# By cron's numbers, in the order of a week.
WEEK = {
    "1": gettext_lazy("Monday"),
    "2": gettext_lazy("Tuesday"),
    "3": gettext_lazy("Wednesday"),
    "4": gettext_lazy("Thursday"),
    "5": gettext_lazy("Friday"),
    "6": gettext_lazy("Saturday"),
    "0": gettext_lazy("Sunday"),
}
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
            return _every(self.unit, self.number)
        when = {"at": f"{self.at:%H:%M}", "zone": self.zone}
        if self.how == How.DAY:
            return _("every day at %(at)s %(zone)s") % when
        if self.how == How.MONTH:
            return _("on the first of each month at %(at)s %(zone)s") % when
        if self.days == _WORKDAYS:
            return _("Monday to Friday at %(at)s %(zone)s") % when
        days = ", ".join(str(name) for day, name in WEEK.items() if day in self.days)
        return _("on %(days)s at %(at)s %(zone)s") % {"days": days, **when}

    @property
    def stored(self) -> dict[str, Any]:
        """The same in no language, as JSON has it."""
        if self.how == How.EVERY:
            return {"how": self.how, "number": self.number, "unit": self.unit}
        days = {"days": sorted(self.days)} if self.how == How.WEEKDAYS else {}
        return {"how": self.how, "at": f"{self.at:%H:%M}", "zone": self.zone, **days}

    @property
    def expiry(self) -> int:
        """Seconds after which a message is too old: by then there is another."""
        if self.how != How.EVERY:
            return _LONGEST_EXPIRY
        # Not a moment that is over before anybody could take it.
        return max(1, min(_LONGEST_EXPIRY, int(self.number * _SECONDS[self.unit])))


def stored_as_said(stored: Any) -> Any:
    """Says a `Timing.stored` in the reader's language; anything else is what it is."""
    if not isinstance(stored, dict):
        return stored
    read: dict[str, Callable[[Any], Any]] = {"how": How, "at": time.fromisoformat, "days": frozenset}
    return str(Timing(**{name: read.get(name, lambda one: one)(value) for name, value in stored.items()}))


def _every(unit: str, number: int) -> str:
    if number == 1:
        # Elsewhere the singular is of 21 and 31 too, and says the number.
        return {
            "seconds": pgettext("of one", "every second"),
            "minutes": pgettext("of one", "every minute"),
            "hours": pgettext("of one", "every hour"),
            "days": pgettext("of one", "every day"),
        }[unit]
    sentence = {
        "seconds": ngettext("every second", "every %(number)s seconds", number),
        "minutes": ngettext("every minute", "every %(number)s minutes", number),
        "hours": ngettext("every hour", "every %(number)s hours", number),
        "days": ngettext("every day", "every %(number)s days", number),
    }
    return sentence[unit] % {"number": number}


def time_zones() -> Iterable[str]:
    """Names the zones of places, and UTC."""
    return ["UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in _REGIONS)]
