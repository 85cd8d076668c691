"""What a correction changed, in sentences for whoever made it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from imports.admin.resident_form import label
from imports.fields import LISTS
from imports.models import Citizen

_MOST = 10
# By the list, and whether the relation begins.
_SENTENCES = {
    ("relatives", True): _("%(other)s is now a relative of %(resident)s."),
    ("relatives", False): _("%(other)s is no longer a relative of %(resident)s."),
    ("friends", True): _("%(other)s is now a friend of %(resident)s."),
    ("friends", False): _("%(other)s is no longer a friend of %(resident)s."),
}


def sentences(before: Citizen, after: Citizen) -> list[str]:
    """The first of them name each relation that began or ended, for it shows on another's page too."""
    changed = {
        name: (
            set(getattr(after, name)) - set(getattr(before, name)),
            set(getattr(before, name)) - set(getattr(after, name)),
        )
        for name in LISTS
    }
    ids = set[int]().union(*(ids for pair in changed.values() for ids in pair))
    others = Citizen.objects.of(after.delivery_id).filter(citizen_id__in=sorted(ids)[: 2 * _MOST])
    names = {row.citizen_id: label(row) for row in others.only("citizen_id", "name", "delivery_id")}
    found = [
        _SENTENCES[name, begins] % {"other": names.get(number, number), "resident": label(after)}
        for name in LISTS
        for begins, numbers in zip((True, False), changed[name], strict=True)
        for number in sorted(numbers)
    ]
    left = len(found) - _MOST
    return (
        [*found[:_MOST], ngettext("and %(count)s more.", "and %(count)s more.", left) % {"count": left}]
        if left > 0
        else found
    )
