"""What became of a delivery, in a few words, and whether to try it again may help."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from imports.models import Import

_LONGEST = 80
# Of a failure that lies in the file the next attempt says the same. These lie elsewhere: room on the disk, workers, the
# right to load the source.
_ELSEWHERE = frozenset({"no_space", "gave_up", "forbidden"})
# Of one that comes message by message, until all of it is there.
INCOMPLETE = "incomplete"


def is_incomplete(found: Import) -> bool:
    """Whether messages of it are missing, so that it cannot be loaded."""
    return any(error["code"] == INCOMPLETE for error in found.errors)


def may_succeed_again(found: Import) -> bool:
    """Whether the same file may be loaded when it is tried once more; whoever cancelled it knows why."""
    return (found.status == Import.Status.CANCELLED and not is_incomplete(found)) or (
        found.status == Import.Status.FAILED and all(error["code"] in _ELSEWHERE for error in found.errors)
    )


def reason_of(found: Import) -> str:
    """Why it failed, or what is missing of it, in a few words; an empty text for any other."""
    if found.status != Import.Status.FAILED and not is_incomplete(found):
        return ""
    if found.wrong_rows and found.wrong_rows["wrong"]:
        counts = {name: number_format(found.wrong_rows[name], force_grouping=True) for name in ("wrong", "rows")}
        sentence = ngettext(
            "%(wrong)s of %(rows)s row wrong", "%(wrong)s of %(rows)s rows wrong", found.wrong_rows["rows"]
        )
        return sentence % counts
    details = [error["detail"] for error in found.refusals]
    if not details:
        return _("no reason is known")
    first = details[0].removesuffix(".")
    return first if len(first) <= _LONGEST else f"{first[:_LONGEST]}…"
