"""Takes a renaming back: another one the other way, of those whom it renamed and who are called so still.

Whoever was called so before it, and whoever was corrected since, stays. It is a renaming too, and names the one that it
undoes; so it is undone in the same way.
"""

from dataclasses import dataclass

from django.contrib.auth.models import User

from config.common.problems import Conflict, Forbidden, NotFound
from config.common.texts import gettext as _
from imports.models import Citizen, Correction, Rename
from imports.services.access import readable_delivery
from imports.services.residents.rename_value import MAY_RENAME, SAMPLE, ask, concerned


@dataclass(frozen=True, slots=True)
class Undo:
    """How many get their name back; how many were changed since, and what some of these are called now, by whom."""

    rename: Rename
    citizens: int
    changed_since: int
    sample: list[tuple[Citizen, Correction | None]]


def plan_undo_rename(*, rename_id: int, actor: User) -> Undo:
    """What `undo_rename` would do. Changes nothing; raises as it does, but for nobody being left."""
    turned = _turned_round(rename_id, actor)
    renamed = Citizen.objects.of(turned.delivery_id).filter(citizen_id__in=Correction.objects.of_rename(rename_id))
    others = renamed.exclude(**{turned.field: turned.before}).order_by("citizen_id")
    return Undo(
        rename=Rename.objects.get(pk=rename_id),
        citizens=concerned(turned).count(),
        changed_since=others.count(),
        sample=[(citizen, _last_change(citizen, turned.field)) for citizen in others[:SAMPLE]],
    )


def undo_rename(*, rename_id: int, actor: User) -> Rename:
    """The renaming that takes it back, done at once or in the background, as `ask_rename`.

    Raises `Forbidden`, `NotFound`, also where the renaming went with an erasure, `Conflict` for one that is under way,
    renamed nobody, or whose residents were all changed since, and as for a correction where contents cannot be had.
    """
    turned = _turned_round(rename_id, actor)
    if not concerned(turned).exists():
        raise Conflict(_("Nobody whom it renamed is called so still. Nothing was undone."))
    return ask(turned)


def _turned_round(rename_id: int, actor: User) -> Rename:
    if not actor.has_perm(MAY_RENAME):
        raise Forbidden(_("Only editors and managers may correct residents."))
    found = Rename.objects.filter(pk=rename_id).first()
    if found is None:
        raise NotFound(_("There is no such renaming: it went with its delivery, or with its residents."))
    readable_delivery(import_id=found.delivery_id, actor=actor)
    if found.finished_at is None:
        raise Conflict(_("This renaming is under way. Nothing was undone."))
    if not found.citizens:
        raise Conflict(_("This renaming renamed nobody. There is nothing to undo."))
    return Rename(
        delivery_id=found.delivery_id,
        field=found.field,
        before=found.after,
        after=found.before,
        asked_by=actor,
        undoes=rename_id,
    )


def _last_change(citizen: Citizen, field: str) -> Correction | None:
    about = Correction.objects.about(citizen.delivery_id, citizen.citizen_id)
    return about.filter(changes__has_key=field).order_by("-id").first()
