"""Why a resident cannot have the relatives or friends that a correction gives.

No list grows beyond the limit, on either side. What is longer already, from before there was a limit, may stay as long
or become shorter: `relatives` of 5,000 may become 4,999, or 5,000 others, but not 5,001, and nobody new may name its
owner as a relative.
"""

from collections.abc import Mapping

from config.common.problems import FieldError
from config.common.texts import gettext as _
from imports.documents.codes import Code
from imports.fields import LISTS, Patch
from imports.models import Citizen
from imports.services.document_rules import rules_for, rules_on

_DETAILS = {
    Code.UNKNOWN_CITIZEN: _("There is no such resident in this delivery."),
    Code.IN_BOTH_LISTS: _("Nobody can be a relative and a friend at once."),
    Code.TOO_MANY: _("This resident's own list has no room for another."),
}


def relation_errors(
    patch: Patch, *, citizen: Citizen, locked: Mapping[int, Citizen], missing: set[int]
) -> list[FieldError]:
    """What of the patch is impossible for `citizen`, as it is stored and locked.

    `locked` are the rows of all whom the patch touches, as they are stored too; of `missing` there is none.
    """
    changed = {name: patch[name] for name in LISTS if name in patch}
    after = {name: set(changed.get(name, getattr(citizen, name))) for name in LISTS}
    wrong = dict.fromkeys(after["relatives"] & after["friends"], Code.IN_BOTH_LISTS)
    wrong |= dict.fromkeys(missing, Code.UNKNOWN_CITIZEN)
    errors = []
    for name, ids in changed.items():
        if len(ids) > (most := rules_for(citizen).longest[name]):
            errors.append(
                FieldError(f"/{name}", Code.TOO_MANY, _("At most %(most)s ids are allowed.") % {"most": most})
            )
            continue
        codes = dict.fromkeys(_without_room(name, after[name], citizen, locked), Code.TOO_MANY) | wrong
        errors += [
            FieldError(f"/{name}/{index}", codes[other].value, _DETAILS[codes[other]])
            for index, other in enumerate(ids)
            if other in codes
        ]
    return errors


def _without_room(name: str, after: set[int], citizen: Citizen, locked: Mapping[int, Citizen]) -> set[int]:
    """Those who are new in the list and whose own list is full. A resident who names itself is in one list once."""
    most = rules_on().longest[name]
    new = after - {citizen.citizen_id, *getattr(citizen, name)}
    return {other for other in new & locked.keys() if len(getattr(locked[other], name)) >= most}
