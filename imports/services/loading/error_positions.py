"""Where in a delivery something is wrong, in words: programs get a JSON Pointer, people count from one."""

import re

from django.utils.translation import gettext as _

from config.common.digits import number_in

# A document numbers its residents from 0, a stream its lines and a workbook its rows from 1.
_RESIDENT = re.compile(r"/citizens/([0-9]+)(?:/(.*))?", re.DOTALL)
_LINE = re.compile(r"(line|row) ([0-9]+)(?:/(.*))?", re.DOTALL)


def position_of(pointer: str) -> str:
    """`/citizens/1/town`: "entry 2 · town"; `line 17/relatives/0`: "line 17 · relatives · number 1"."""
    if found := _RESIDENT.fullmatch(pointer):
        return _joined(_("entry %(number)s") % {"number": int(found[1]) + 1}, found[2])
    if found := _LINE.fullmatch(pointer):
        place = _("row %(number)s") if found[1] == "row" else _("line %(number)s")
        return _joined(place % {"number": found[2]}, found[3])
    return _joined("", pointer.lstrip("/?")) or _("the whole")


def place_of(pointer: str, citizen_id: str) -> str:
    """Where a resident stands, and who it is as far as an id stands there: "entry 4, resident 17"."""
    place = position_of(pointer)
    if not citizen_id.strip():
        return place
    return _("%(place)s, resident %(id)s") % {"place": place, "id": citizen_id}


def _joined(first: str, rest: str | None) -> str:
    field, *places = (rest or "").split("/")
    # The name of a field may hold both signs: RFC 6901 writes them so.
    words = [first, field.replace("~1", "/").replace("~0", "~"), *(_entry(one) for one in places)]
    return " · ".join(word for word in words if word)


def _entry(place: str) -> str:
    number = number_in(place)
    return place if number is None else _("number %(number)s") % {"number": number + 1}
