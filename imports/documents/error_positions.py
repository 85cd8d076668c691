"""Where in a delivery something is wrong, in words: programs get a JSON Pointer, people count from one."""

import re

from config.common.digits import number_in

# A document numbers its residents from 0, a stream its lines and a workbook its rows from 1.
_RESIDENT = re.compile(r"/citizens/([0-9]+)(?:/(.*))?", re.DOTALL)
_LINE = re.compile(r"((?:line|row) [0-9]+)(?:/(.*))?", re.DOTALL)


def position_of(pointer: str) -> str:
    """`/citizens/1/town`: "resident 2 · town"; `line 17/relatives/0`: "line 17 · relatives · entry 1"."""
    if found := _RESIDENT.fullmatch(pointer):
        return _joined(f"resident {int(found[1]) + 1}", found[2])
    if found := _LINE.fullmatch(pointer):
        return _joined(found[1], found[2])
    return _joined("", pointer.lstrip("/?")) or "the whole"


def _joined(first: str, rest: str | None) -> str:
    field, *places = (rest or "").split("/")
    # The name of a field may hold both signs: RFC 6901 writes them so.
    words = [first, field.replace("~1", "/").replace("~0", "~"), *(_entry(one) for one in places)]
    return " · ".join(word for word in words if word)


def _entry(place: str) -> str:
    number = number_in(place)
    return place if number is None else f"entry {number + 1}"
