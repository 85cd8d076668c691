"""Requests of residents in the admin: hand out, or erase, everything that is stored of them. For Managers."""

from dataclasses import asdict

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext_lazy
from unfold.admin import ModelAdmin

from config.common.http.callers import acting
from config.common.privacy.readers import Reader
from config.common.privacy.services.reads import What, record_read
from config.common.problems import Problem
from imports.models import Citizen
from imports.querysets import MAY_ERASE, SEE_ALL
from imports.services.erasing.erase_resident import ResidentErasure, erase_resident, plan_resident_erasure
from imports.services.residents.export_resident import export_resident
from imports.services.residents.find_person import Found, find_residents, similar_people

# What goes, by the fields of `ResidentErasure`: one of it, and any other number.
_NAMES = {
    "citizens": ngettext_lazy("%(count)s resident", "%(count)s residents", "count"),
    "others_lists": ngettext_lazy(
        "a mention among the relatives and friends of %(count)s other",
        "mentions among the relatives and friends of %(count)s others",
        "count",
    ),
    "corrections": ngettext_lazy("%(count)s correction", "%(count)s corrections", "count"),
    "others_corrections": ngettext_lazy(
        "%(count)s correction of somebody else", "%(count)s corrections of others", "count"
    ),
    "raw_bodies": ngettext_lazy("the raw body", "%(count)s raw bodies", "count"),
    "reviews": ngettext_lazy("%(count)s review", "%(count)s reviews", "count"),
    "answers": ngettext_lazy("%(count)s kept answer", "%(count)s kept answers", "count"),
}
# Somebody asks for themselves; a longer list is a mistake.
_AT_ONCE = 50


class DataRequestsMixin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Adds two actions to the list of residents."""

    actions = ("export_everything", "erase_everything")

    def has_requests_permission(self, request: HttpRequest) -> bool:
        """Managers."""
        return bool(request.user.has_perm(SEE_ALL) and request.user.has_perm(MAY_ERASE))

    @admin.action(description=_lazy("Export everything that is stored"), permissions=["requests"])
    def export_everything(self, request: HttpRequest, rows: QuerySet[Citizen]) -> HttpResponse | None:
        """One JSON document about the chosen residents."""
        reader = Reader.of(request)
        try:
            documents = [export_resident(**one, actor=acting(request), reader=reader) for one in _chosen(rows)]
        except Problem as problem:
            messages.error(request, problem.detail)
            return None
        headers = {"Content-Disposition": 'attachment; filename="resident.json"'}
        options = {"ensure_ascii": False, "indent": 2}
        return JsonResponse({"deliveries": documents}, json_dumps_params=options, headers=headers)

    @admin.action(description=_lazy("Erase everything that is stored"), permissions=["requests"])
    def erase_everything(self, request: HttpRequest, rows: QuerySet[Citizen]) -> HttpResponse | None:
        """Shows what would go, and asks; then it goes."""
        try:
            if "confirmed" in request.POST:
                _erase(request, rows)
                return None
            plans = [_sentence(one, plan_resident_erasure(**one, actor=acting(request))) for one in _chosen(rows)]
            taken, left = _taken_and_left(request, rows)
        except Problem as problem:
            messages.error(request, problem.detail)
            return None
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Erase residents for good")}
        context |= {"plans": list(zip(taken, plans, strict=True)), "left": left}
        context["chosen"] = request.POST.getlist("_selected_action")
        return TemplateResponse(request, "admin/imports/erase_residents.html", context)


def _erase(request: HttpRequest, rows: QuerySet[Citizen]) -> None:
    reader = Reader.of(request)
    for one in _chosen(rows):
        done = erase_resident(**one, actor=acting(request), reader=reader)
        messages.success(request, _("Gone: %(what)s.") % {"what": _sentence(one, done)})


def _taken_and_left(request: HttpRequest, rows: QuerySet[Citizen]) -> tuple[list[Found], list[Found]]:
    """The chosen residents, and those who are similar and not chosen; the page shows them, so they are read."""
    taken = find_residents([(one["import_id"], one["citizen_id"]) for one in _chosen(rows)])
    left = similar_people([(one.name, one.birth_date) for one in taken], besides=taken)
    residents = [one.pair for one in (*taken, *left)]
    record_read(reader=Reader.of(request), what=What.LISTED, residents=residents, form="page")
    return taken, left


def _sentence(one: dict[str, int], erasure: ResidentErasure) -> str:
    counts = [_NAMES[name] % {"count": count} for name, count in asdict(erasure).items() if count]
    return _("resident %(citizen_id)s of delivery %(import_id)s: %(what)s") % {
        **one,
        "what": ", ".join(counts) or _("nothing"),
    }


def _chosen(rows: QuerySet[Citizen]) -> list[dict[str, int]]:
    chosen = rows.order_by("delivery_id", "citizen_id").values_list("delivery_id", "citizen_id")[: _AT_ONCE + 1]
    if len(chosen) > _AT_ONCE:
        raise Problem(_("Choose %(most)s residents at most.") % {"most": _AT_ONCE})
    return [{"import_id": import_id, "citizen_id": citizen_id} for import_id, citizen_id in chosen]
