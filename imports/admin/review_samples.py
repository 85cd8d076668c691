"""What a delivery that waits for approval would change, by example."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from imports.models import Citizen, Import
from imports.services.loading.review_delivery import may_see_differences

OF_EACH = 5
# In the order of the page: what is lost first.
_KINDS = {"gone": _("Gone"), "changed": _("Changed"), "new": _("New")}
# What tells somebody who is nowhere else.
_ABOUT = ("name", "town", "channel")
Sample = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Resident:
    """One of them. `href`: the page of the stored resident; a new one has none yet."""

    citizen_id: int
    href: str
    about: list[str]
    changes: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Samples:
    """Some of those who are new, gone or changed, of `count` in all."""

    title: str
    count: int
    residents: list[Resident]


def samples_of(found: Import, *, actor: User) -> list[Samples]:
    """Up to `OF_EACH` of each kind, as far as `actor` may see the residents of both deliveries."""
    if (
        found.status != Import.Status.CHECKED
        or not found.differences
        or not may_see_differences(found=found, actor=actor)
    ):
        return []
    kinds = {kind: [one for one in found.differences if one.get("difference") == kind][:OF_EACH] for kind in _KINDS}
    pages = _pages(found, [one["citizen_id"] for kind in ("gone", "changed") for one in kinds[kind]])
    counts = found.review or {}
    return [
        Samples(str(_KINDS[kind]), counts.get(kind) or len(some), [_resident(one, pages) for one in some])
        for kind, some in kinds.items()
        if some
    ]


def residents_in(found: Import, samples: list[Samples]) -> set[tuple[int, int]]:
    """Delivery and resident of everybody whom the page names."""
    return {(found.pk, one.citizen_id) for some in samples for one in some.residents}


def _pages(found: Import, citizen_ids: list[int]) -> dict[int, str]:
    """The pages of these residents of the delivery that it was compared with."""
    other = (found.review or {}).get("compared_with")
    rows = Citizen.objects.of(other).filter(citizen_id__in=citizen_ids) if other else Citizen.objects.none()
    keys = rows.values_list("citizen_id", "pk")
    return {citizen_id: reverse("admin:imports_citizen_change", args=(key,)) for citizen_id, key in keys}


def _resident(sample: Sample, pages: dict[int, str]) -> Resident:
    citizen_id, changes = sample["citizen_id"], sample["changes"]
    if sample["difference"] == "changed":
        values = [(name, _text(one["from"]), _text(one["to"])) for name, one in changes.items()]
        return Resident(citizen_id, pages.get(citizen_id, ""), [], values)
    side = "to" if sample["difference"] == "new" else "from"
    about = [_text(changes[name][side]) for name in _ABOUT if name in changes]
    # The number of a new one may have belonged to somebody else before: it leads nowhere.
    return Resident(citizen_id, "" if side == "to" else pages.get(citizen_id, ""), about, [])


def _text(value: Any) -> str:
    return (", ".join(map(str, value)) or gettext("nobody")) if isinstance(value, list) else str(value)
