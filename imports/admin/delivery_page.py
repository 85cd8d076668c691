"""The page of a delivery for staff: what came, from whom, what is wrong with it, and what to do next."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.common.http.callers import acting
from config.common.texts import spoken
from imports.admin.access import open_delivery
from imports.admin.columns import may_be_read_otherwise
from imports.admin.decisions import decisions_of
from imports.admin.mending import grid_for
from imports.admin.review_samples import samples_of
from imports.models import Import, Rename
from imports.services.loading.delivery_outcome import is_incomplete, may_succeed_again
from imports.services.loading.review_delivery import visible_counts
from imports.services.loading.wrong_rows import is_mendable, placed
from imports.services.naming.resolve_source import last_complete_of
from imports.services.residents.carry_corrections import replaces_corrections
from imports.services.residents.rename_value import MAY_RENAME

Status = Import.Status
UNDER_WAY = (Status.QUEUED, Status.LOADING)
_LATEST = 10
# Of a review, as they are read: how much there is, and what it does.
_COUNTS = {
    "residents": gettext_lazy("residents"),
    "towns": gettext_lazy("towns"),
    "channels": gettext_lazy("channels"),
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "gone": gettext_lazy("gone"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a page that it leads to, or a decision that it takes; the first one of a page is the main one."""

    label: str
    href: str = ""
    step: str = ""
    is_destructive: bool = False


def page_context(request: HttpRequest, found: Import) -> dict[str, Any]:
    """What the template of the page asks for."""
    user = acting(request)
    is_open = open_delivery(request, str(found.pk)) is not None
    may_load = is_open and user.has_perm("imports.add_import")
    may_correct = is_open and found.status == Status.COMPLETE and user.has_perm(MAY_RENAME)
    grid = grid_for(found) if may_load else None
    has_wrong = bool(found.wrong_rows and found.wrong_rows["wrong"])
    wrong = spoken(found.wrong_rows) if is_open and has_wrong else None
    return {
        "delivery": found,
        "title": str(found),
        "is_under_way": found.status in UNDER_WAY,
        "is_incomplete": is_incomplete(found),
        "percent": percent_of(found),
        "has_table": is_open and found.status == Status.COMPLETE,
        **_comparison(found, user),
        "wrong": wrong and wrong | {"shown": placed(wrong["shown"])},
        "grid": grid,
        "wrong_counts": found.wrong_rows if has_wrong and found.status == Status.FAILED else None,
        "file_is_wrong": found.status == Status.FAILED and not has_wrong and not may_succeed_again(found),
        "main": _actions(request, found, is_open=is_open, has_grid=grid is not None),
        "further": _further(found, may_correct=may_correct),
        "removing": _removing(found) if user.has_perm("imports.delete_import") else [],
        "renames": Rename.objects.filter(delivery=found).select_related("asked_by")[:_LATEST] if may_correct else [],
        "samples": samples_of(found, actor=user),
    }


def percent_of(found: Import) -> str:
    """How many of the residents that are to be loaded are, in percent."""
    return f"{100 * found.processed // found.citizen_count} %" if found.citizen_count else ""


def _citizens_url(found: Import) -> str:
    return f"{reverse('admin:imports_citizen_changelist')}?delivery__id__exact={found.pk}"


def _comparison(found: Import, user: User) -> dict[str, Any]:
    """What it replaced, or would, with the counts that `user` may know."""
    known = found.review or found.compared
    counts = visible_counts(found=found, actor=user) if known else {}
    number = counts.get("compared_with")
    if known is None and found.status == Status.COMPLETE:
        before = last_complete_of(found.source, before=found.pk)
        number = before.pk if before else None
    return {
        "counts": [(label, counts[name]) for name, label in _COUNTS.items() if counts.get(name) is not None],
        "hides_comparison": bool(counts) and counts["changed"] is None,
        "is_compared": known is not None or found.status == Status.COMPLETE,
        "replaced": Import.objects.live().filter(pk=number).first() if number else None,
        "replaced_number": number,
    }


def _actions(request: HttpRequest, found: Import, *, is_open: bool, has_grid: bool) -> list[Action]:
    """What moves it on, what helps most first."""
    may_load = is_open and acting(request).has_perm("imports.add_import")
    actions = list[Action]()
    if is_open and found.status == Status.COMPLETE:
        actions.append(Action(_("Its residents"), href=_citizens_url(found)))
    if is_open and is_mendable(found):
        if may_load and has_grid:
            actions.append(Action(_("Correct them here"), href="#wrong-rows"))
        actions.append(Action(_("Download the wrong rows"), href=_page(found, "rejected")))
        if may_load:
            actions.append(Action(_("Upload the corrected rows"), href=_page(found, "correct")))
    for name, label in decisions_of(request, found) if is_open else []:
        is_discard = name == "discard"
        href = _page(found, name) if is_discard else ""
        actions.append(Action(str(label), href=href, step="" if is_discard else name, is_destructive=is_discard))
    if may_load and may_be_read_otherwise(found):
        actions.append(Action(_("Say what its columns are"), href=_page(found, "columns")))
    if may_load and found.status == Status.FAILED and not is_mendable(found) and not may_succeed_again(found):
        actions.append(Action(_("Upload another file"), href=reverse("admin:imports_import_upload_file")))
    return actions


def _further(found: Import, *, may_correct: bool) -> list[Action]:
    """What may be done with a complete one; corrections that wait to be carried come first."""
    if not may_correct:
        return []
    carry = Action(_("Corrections of the one before"), href=_page(found, "carry"))
    rename = Action(_("Rename a town or channel"), href=_page(found, "rename"))
    return [carry, rename] if replaces_corrections(found) else [rename]


def _removing(found: Import) -> list[Action]:
    erase = [Action(_("Erase its residents"), href=_page(found, "erase"), is_destructive=True)]
    delete = Action(_("Delete it"), href=_page(found, "remove"), is_destructive=True)
    return [*(erase if found.status != Status.ERASED else []), delete]


def _page(found: Import, name: str) -> str:
    return reverse(f"admin:imports_import_{name}", args=(found.pk,))
