"""The fields of an airport and the rule of each: the one table for JSON bodies, links and CSV cells.

Nothing here knows Django or the database. A value is a text, a float or None for "unknown"; an empty text means None.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from zoneinfo import available_timezones

from config.common.texts import gettext as _

Value = str | float | None

MAX_NAME = 256
MAX_CITY = 256
MAX_COUNTRY = 128
MAX_TZ = 64
MAX_LABEL = 64

MAX_LATITUDE = 90.0
MAX_LONGITUDE = 180.0
# Wider than the Earth offers (-1,300 to 16,500 feet), so that no real airport is refused.
MAX_ALTITUDE = 100_000.0
MIN_TIMEZONE, MAX_TIMEZONE = -12.0, 14.0

IATA_PATTERN = "^[A-Z0-9]{3}$"
ICAO_PATTERN = "^[A-Z0-9]{3,4}$"
DST_CODES = "EASOZNU"

_ONE_OF_DST = _("One of %(choices)s is expected.") % {"choices": ", ".join(DST_CODES)}
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NEXT_TO_NOTHING = 1e-12
# Beyond every range here; a longer integer need not be converted, which takes quadratic time.
_TOO_LARGE_TO_FIT = 10**12


class InvalidValue(Exception):
    """A value that breaks its field's rule. `text` never repeats the value."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `parse_json` takes a JSON value, `parse_text` a query parameter or a CSV cell; both raise
    `InvalidValue`. A required field is never None."""

    name: str
    parse_json: Callable[[object], Value]
    parse_text: Callable[[str], Value]
    required: bool = False
    is_text: bool = True


def parse_json(name: str, value: object) -> Value:
    """The value of the field `name` that the JSON `value` writes; null and "" are None. Raises `InvalidValue`."""
    return _required(FIELDS[name], None if value is None else FIELDS[name].parse_json(value))


def parse_text(name: str, text: str) -> Value:
    """The value of the field `name` that `text` writes; an empty text is None. Raises `InvalidValue`."""
    return _required(FIELDS[name], FIELDS[name].parse_text(text))


def _required(field: Field, value: Value) -> Value:
    if value is None and field.required:
        raise InvalidValue("required", _("A value is expected."))
    return value


# A file may have millions of wrong values, and most of what is said of them is dropped.
@cache
def _at_most(longest: int) -> str:
    return _("At most %(most)s characters are allowed.") % {"most": longest}


@cache
def _between(low: float, high: float) -> str:
    return _("A number from %(low)s to %(high)s is expected.") % {"low": f"{low:g}", "high": f"{high:g}"}


def _text(text: str, *, longest: int) -> str | None:
    text = text.strip()
    if len(text) > longest:
        raise InvalidValue("too_long", _at_most(longest))
    if _UNSTORABLE.search(text):
        raise InvalidValue("invalid_characters", _("A NUL character or half of a surrogate pair is not allowed."))
    return text or None


def _code(text: str, *, pattern: str, wording: str) -> str | None:
    # Only ASCII is raised: "ß" would become two letters.
    code = text.strip()
    code = code.upper() if code.isascii() else code
    if code and not re.fullmatch(pattern, code):
        raise InvalidValue("invalid_code", wording)
    return code or None


def _dst(text: str) -> str | None:
    letter = text.strip()
    if letter and (len(letter) > 1 or letter.upper() not in DST_CODES):
        raise InvalidValue("invalid_choice", _ONE_OF_DST)
    return letter.upper() or None


def _tz(text: str) -> str | None:
    name = _text(text, longest=MAX_TZ)
    if name is not None and name not in _olson_names():
        raise InvalidValue("unknown_timezone", _("The name of a time zone, as Europe/Madrid, is expected."))
    return name


@cache
def _olson_names() -> frozenset[str]:
    return frozenset(available_timezones())


def read_number(text: str, *, low: float, high: float) -> float | None:
    """The number that `text` writes; None for an empty text. Raises `InvalidValue`, also outside `low` to `high`."""
    text = text.strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise InvalidValue("invalid_number", _("A number is expected."))
    return _in_range(float(text), low, high)


def _json_number(value: object, *, low: float, high: float) -> float:
    # True is an int to Python.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidValue("invalid_type", _("A number is expected."))
    return _in_range(float(max(-_TOO_LARGE_TO_FIT, min(value, _TOO_LARGE_TO_FIT))), low, high)


def _in_range(value: float, low: float, high: float) -> float:
    if not (math.isfinite(value) and low <= value <= high):
        raise InvalidValue("out_of_range", _between(low, high))
    # One zero for all that no instrument tells from it, -0.0 too. PostgreSQL refuses products that underflow.
    return value if abs(value) > _NEXT_TO_NOTHING else 0.0


def _json_text(value: object, *, parse: Callable[[str], str | None]) -> str | None:
    if not isinstance(value, str):
        raise InvalidValue("invalid_type", _("A text is expected."))
    return parse(value)


def _of_text(name: str, parse: Callable[[str], str | None], *, required: bool = False) -> Field:
    return Field(name, partial(_json_text, parse=parse), parse, required)


def _of_number(name: str, low: float, high: float, *, required: bool = False) -> Field:
    read_json, read_text = partial(_json_number, low=low, high=high), partial(read_number, low=low, high=high)
    return Field(name, read_json, read_text, required, is_text=False)


_TABLE = (
    _of_text("name", partial(_text, longest=MAX_NAME), required=True),
    _of_text("city", partial(_text, longest=MAX_CITY)),
    _of_text("country", partial(_text, longest=MAX_COUNTRY)),
    _of_text("iata", partial(_code, pattern=IATA_PATTERN, wording=_("Three letters or digits are expected."))),
    _of_text("icao", partial(_code, pattern=ICAO_PATTERN, wording=_("Three or four letters or digits are expected."))),
    _of_number("latitude", -MAX_LATITUDE, MAX_LATITUDE, required=True),
    _of_number("longitude", -MAX_LONGITUDE, MAX_LONGITUDE, required=True),
    _of_number("altitude", -MAX_ALTITUDE, MAX_ALTITUDE),
    _of_number("timezone", MIN_TIMEZONE, MAX_TIMEZONE),
    _of_text("dst", _dst),
    _of_text("tz", _tz),
    _of_text("type", partial(_text, longest=MAX_LABEL)),
    _of_text("source", partial(_text, longest=MAX_LABEL)),
)

# In the order of the columns of OpenFlights.
FIELDS: Mapping[str, Field] = MappingProxyType({field.name: field for field in _TABLE})
NAMES: tuple[str, ...] = tuple(FIELDS)
TEXTS = frozenset(field.name for field in _TABLE if field.is_text)
