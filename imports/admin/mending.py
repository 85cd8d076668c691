"""The wrong rows of a delivery as a grid: each cell can be typed over, and all of them are loaded at once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from config.common.digits import number_in
from config.common.http.callers import acting
from config.common.privacy.admin import recorded
from config.common.privacy.services.reads import What
from config.common.problems import Problem
from config.common.texts import said, spoken
from imports.admin.access import may_see_residents, open_delivery
from imports.models import Citizen, Import
from imports.services.loading.corrected_attempt import Corrected
from imports.services.loading.mend_rows import StillWrong, mend_rows, token_of
from imports.services.loading.wrong_rows import placed

Rows = Mapping[int, Mapping[str, str]]
_LABELS = {field.name: field.verbose_name for field in Citizen._meta.fields}


@dataclass(frozen=True, slots=True)
class Cell:
    """An input: its name, what it is called, what stands in it, and what is wrong with that."""

    name: str
    label: str
    text: str
    why: list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A wrong row: its place in words, what is wrong with it as a whole, and what stands there beside its cells."""

    place: str
    why: list[str]
    beyond: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Grid:
    """All of them under the names of the `columns`, those in which something is wrong first. `seen` tells their
    attempt."""

    columns: list[str]
    rows: list[Row]
    seen: str


def grid_for(found: Import, *, typed: Rows | None = None, refused: StillWrong | None = None) -> Grid | None:
    """The grid of a delivery that failed, with what was `typed` into it and why that was refused; None without one."""
    stored = found.wrong_cells if found.status == Import.Status.FAILED and found.body_size is not None else None
    if not stored:
        return None
    rows = placed(spoken(stored["rows"]))
    why = {row["number"]: row["why"] for row in rows}
    if refused is not None:
        faults = refused.faults
        why = {number: [(one.field, said(one.text)) for one in faults.get(number, ())] for number in why}
    wrong = {field for some in why.values() for field, _detail in some}
    named = [(name, _label(name, header)) for name, header in stored["columns"]]
    columns = sorted(named, key=lambda column: column[0] not in wrong)
    # Those first that are still wrong: of many a page is shown at a time.
    rows = sorted(rows, key=lambda row: not why[row["number"]])
    made = [_row(row, columns, why[row["number"]], (typed or {}).get(row["number"], row["texts"])) for row in rows]
    return Grid([label for _name, label in columns], made, token_of(found))


def _label(name: str, header: str) -> str:
    """What people call the field, and what the file does."""
    label = str(_LABELS[name])
    return label if header in {"", name, label} else f"{label} ({header})"


def _row(row: Any, columns: list[tuple[str, str]], why: list[tuple[str, str]], texts: Mapping[str, str]) -> Row:
    reasons = defaultdict[str, list[str]](list)
    for field, detail in why:
        reasons[field].append(detail)
    cells = [
        Cell(f"{row['number']}-{name}", label, texts.get(name, ""), reasons.pop(name, [])) for name, label in columns
    ]
    # What has no cell: the row as a whole, and keys that somebody made up.
    left = [f"{field}: {detail}" if field else detail for field, some in reasons.items() for detail in some]
    return Row(row["place"], left, row["beyond"], cells)


class MendingMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Takes what was typed."""

    def mend_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Queues the delivery with its rows as they were typed; where some are still wrong shows them as they are."""
        if not (may_see_residents(request) and acting(request).has_perm("imports.add_import")):
            raise PermissionDenied
        found = open_delivery(request, object_id)
        if found is None:
            raise Http404
        page = reverse("admin:imports_import_change", args=(found.pk,))
        if request.method != "POST":
            return HttpResponseRedirect(page)
        typed = _typed(request)
        try:
            made = mend_rows(import_id=found.pk, typed=typed, seen=request.POST.get("seen", ""), actor=acting(request))
        except StillWrong as refused:
            return self._again(request, found, typed, refused)
        except Problem as problem:
            messages.error(request, problem.detail)
        else:
            messages.success(request, told(made))
        return HttpResponseRedirect(page)

    def _again(self, request: HttpRequest, found: Import, typed: Rows, refused: StillWrong) -> HttpResponseBase:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Wrong rows of %(delivery)s") % {"delivery": found},
            "delivery": found,
            "grid": grid_for(found, typed=typed, refused=refused),
            "refused": len(refused.faults),
        }
        response: HttpResponse = TemplateResponse(request, "admin/imports/mend.html", context)
        return recorded(request, response, What.REFUSED, {(found.pk, None)})


def _typed(request: HttpRequest) -> Rows:
    typed = defaultdict[int, dict[str, str]](dict)
    for key, text in request.POST.items():
        place, _dash, name = key.partition("-")
        if name and (number := number_in(place)) is not None:
            typed[number][name] = str(text)
    return dict(typed)


def told(made: Corrected) -> str:
    """What becomes of the corrected rows."""
    corrected = ngettext("%(count)s corrected row", "%(count)s corrected rows", made.corrected)
    good = ngettext("%(count)s good one", "%(count)s good ones", made.good)
    counts = {"corrected": corrected % {"count": made.corrected}, "good": good % {"count": made.good}}
    if made.is_new:
        sentence = _("%(corrected)s and %(good)s are a new delivery.") % counts
    else:
        sentence = _("%(corrected)s and %(good)s are being checked; all of them are loaded, or nothing.") % counts
    if not made.left_out:
        return sentence
    absent = ngettext(
        "%(count)s wrong row does not stand in the file and is left out.",
        "%(count)s wrong rows do not stand in the file and are left out.",
        made.left_out,
    )
    return f"{sentence} {absent % {'count': made.left_out}}"
