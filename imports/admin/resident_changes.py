"""What a correction changed, in sentences for whoever made it."""

from imports.admin.resident_form import label
from imports.fields import LISTS
from imports.models import Citizen

_MOST = 10


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
        f"{names.get(number, number)} is {word} a {name.removesuffix('s')} of {label(after)}."
        for name in LISTS
        for word, numbers in zip(("now", "no longer"), changed[name], strict=True)
        for number in sorted(numbers)
    ]
    return [*found[:_MOST], f"and {len(found) - _MOST} more."] if len(found) > _MOST else found
