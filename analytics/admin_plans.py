"""Plans that were kept, in the admin: a list, each with its segments, some side by side."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models import Plan
from analytics.models.plans import EVERY_OTHER
from analytics.pages.decisions.plan import budget_of, filters_of
from analytics.pages.decisions.plan_tables import by_channel, interval, money, segments_table
from analytics.pages.filters import PAGE, Downloads, Filters
from analytics.pages.labels import count, decimal, described
from analytics.pages.query import PageQuery
from analytics.pages.tables import Table
from analytics.services.asking.questions import Question
from analytics.services.deciding.kept_plans import (
    DELETE_OTHERS,
    answer_for,
    change_plan,
    delete_plan,
    keep_plan,
    plans_of,
)
from analytics.services.deciding.plan import FIGURES, Planned, make_plan
from config.common.digits import number_in
from config.common.http.callers import acting
from config.common.http.query import read_query
from config.common.http.tables import TABLE_FORMATS, marked, table_response
from config.common.problems import Problem
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.filters import FlagFilter

_MOST_COMPARED = 6


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """What the owner may change: what it is called, and who sees it."""

    class Meta:
        model = Plan
        fields = ("name", "is_shared")

    def clean_name(self) -> str:
        """Raises `ValidationError` for the name of another plan of the owner's."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if Plan.objects.filter(owner=self.instance.owner, name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("You have a plan of this name already."), code="duplicate_name")
        return name


@admin.register(Plan)
class PlanAdmin(SavedListMixin):
    """The reader's own plans and those that others share, as they were answered when they were kept."""

    form = PlanForm
    list_display = (
        "name", "owner", "is_shared", "kept_at", "budget", "segments", "reached", "spend", "expected_courses",
        "expected_interval",
    )  # fmt: skip
    list_filter = (("is_shared", FlagFilter),)
    list_filter_submit = True
    saved_parameters = ("is_shared__exact",)
    search_fields = ("name",)
    show_full_result_count = False
    actions = ("compare_chosen",)
    fields = ("name", "is_shared", "owner_name", "kept_at", "budget", "spend", "expected_courses", "expected_interval")
    readonly_fields = ("owner_name", "kept_at", "budget", "spend", "expected_courses", "expected_interval")
    change_form_template = "admin/analytics/plan_page.html"
    change_form_after_template = "admin/analytics/plan.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        return plans_of(acting(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # It is kept where it is made.

    def has_change_permission(self, request: HttpRequest, obj: Plan | None = None) -> bool:
        may: bool = super().has_change_permission(request, obj)
        return may and (obj is None or obj.owner_id == acting(request).pk)

    def has_delete_permission(self, request: HttpRequest, obj: Plan | None = None) -> bool:
        if obj is None or obj.owner_id == acting(request).pk:
            return bool(super().has_delete_permission(request, obj))
        return acting(request).has_perm(DELETE_OTHERS)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # Of several at once some may be another's.
        return {name: one for name, one in super().get_actions(request).items() if name != "delete_selected"}

    def get_urls(self) -> list[URLPattern]:
        def named(address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            made: URLPattern = path(address, self.admin_site.admin_view(view), name=f"analytics_plan_{name}")
            return made

        keep = named("keep/", self.keep_view, "keep")
        keep.callback.methods = ("OPTIONS", "POST")  # type: ignore[attr-defined]  # read by `MethodsMiddleware`
        draft = named("draft/<str:table>/<str:format>/", self.draft_view, "draft")
        return [keep, draft, named("compare/", self.compare_view, "compare"), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Plan, form: PlanForm, change: bool) -> None:
        change_plan(plan_id=obj.pk, values=form.cleaned_data, actor=acting(request))

    def delete_model(self, request: HttpRequest, obj: Plan) -> None:
        delete_plan(plan_id=obj.pk, actor=acting(request))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        plan = self.get_object(request, object_id)
        shown: dict[str, Any] = {}
        if plan is not None:
            shown = {"table": _segments_of(plan, acting(request)), "asked": _asked(plan), "of": filters_of(plan.body)}
        return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keeps the plan of a page's `query` under a `name`, `shared` where that is sent; shows it, or says why not."""
        actor, form = acting(request), request.POST
        if not actor.has_perm("analytics.add_plan"):
            raise PermissionDenied
        query = QueryDict(form.get("query", ""))
        try:
            budget = budget_of(Filters(**read_query(query, PageQuery)), actor)
            kept = keep_plan(budget=budget, name=form.get("name", ""), is_shared="shared" in form, actor=actor)
        except Problem as problem:
            messages.error(request, " ".join(dict.fromkeys([problem.detail, *(one.detail for one in problem.errors)])))
            return HttpResponseRedirect(f"{PAGE}?{query.urlencode()}#decide", status=303)
        messages.success(request, _("The plan is kept."))
        return HttpResponseRedirect(reverse("admin:analytics_plan_change", args=(kept.pk,)), status=303)

    def draft_view(self, request: HttpRequest, table: str, format: str) -> HttpResponseBase:
        """A table of the plan that a page's address asks for, as a file."""
        actor = acting(request)
        if not actor.has_perm("analytics.view_importdemand"):
            raise PermissionDenied
        if format not in TABLE_FORMATS or table not in _DRAFTS:
            raise Http404
        try:
            filters = Filters(**read_query(request.GET, PageQuery))
            budget = budget_of(filters, actor)
            header, rows = _DRAFTS[table](make_plan(budget=budget, actor=actor), budget.question.columns)
            response = table_response(format, name=f"plan-{table}", header=header, rows=rows)
        except Problem as problem:
            messages.error(request, problem.detail)
            return HttpResponseRedirect(PAGE)
        marked(response)
        return response

    @admin.action(description=gettext_lazy("Compare the chosen"))
    def compare_chosen(self, request: HttpRequest, rows: QuerySet[Plan]) -> HttpResponse | None:
        """Leads to the chosen ones side by side."""
        chosen = list(rows.values_list("pk", flat=True)[: _MOST_COMPARED + 1])
        if not 2 <= len(chosen) <= _MOST_COMPARED:
            messages.error(request, _("Choose two to %(most)s plans.") % {"most": _MOST_COMPARED})
            return None
        query = urlencode({"plan": chosen}, doseq=True)
        return HttpResponseRedirect(f"{reverse('admin:analytics_plan_compare')}?{query}")

    def compare_view(self, request: HttpRequest) -> HttpResponse:
        """Shows the plans that the address names side by side, those that the reader may see."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        numbers = [number_in(text) for text in request.GET.getlist("plan")[:_MOST_COMPARED]]
        found = Plan.objects.visible_to(acting(request)).in_bulk([number for number in numbers if number])
        plans = [found[number] for number in dict.fromkeys(numbers) if number in found]
        answers = [answer_for(plan, acting(request)) for plan in plans]
        columns = [_compared(*one) for one in zip(plans, answers, strict=True)]
        context = {
            **admin.site.each_context(request),
            "title": _("Plans side by side"),
            "plans": plans,
            "rows": [(line[0][0], [text for _label, text in line]) for line in zip(*columns, strict=True)],
            "channels": _money_of_channels(answers),
        }
        return TemplateResponse(request, "admin/analytics/compare.html", context)

    @admin.display(description=gettext_lazy("owner"), ordering="owner__username")
    def owner_name(self, row: Plan) -> str:
        """Who kept it."""
        return row.owner.get_username()

    @admin.display(description=gettext_lazy("budget"))
    def budget(self, row: Plan) -> float:
        """Money."""
        return float(row.body["budget"])

    @admin.display(description=gettext_lazy("segments"))
    def segments(self, row: Plan) -> int:
        """How many are bought."""
        return int(_total(row)["segments"])

    @admin.display(description=gettext_lazy("reached"))
    def reached(self, row: Plan) -> float:
        """Residents."""
        return round(_total(row)["reached"])

    @admin.display(description=gettext_lazy("costs"))
    def spend(self, row: Plan) -> float:
        """Money."""
        return round(_total(row)["spend"], 2)

    @admin.display(description=gettext_lazy("expected courses"))
    def expected_courses(self, row: Plan) -> float:
        """How many."""
        return round(_total(row)["expected_courses"], 1)

    @admin.display(description=gettext_lazy("95 % interval"))
    def expected_interval(self, row: Plan) -> str:
        """Of these."""
        return interval(_total(row))


def _total(row: Plan) -> dict[str, float]:
    total: dict[str, float] = vars(row)["total"]
    return total


def _segments_of(plan: Plan, reader: User) -> Table:
    keys = Question(group_by=tuple(plan.body["group_by"])).columns
    # A city stands with its country.
    named = [key for key in keys if key != "country" or "city" not in keys]
    files = Downloads(*(f"/analytics/plans/{plan.pk}?format={one}" for one in ("csv&bom=true", "xlsx")))
    return segments_table(answer_for(plan, reader)["segments"], named, files)


def _asked(plan: Plan) -> list[tuple[str, str]]:
    """What was asked, as its page says it."""
    body = plan.body
    costs = sorted(body["cost_per_thousand"].items())
    names = {EVERY_OTHER: _("all others")}
    named = (f"{names.get(name, name)} {money(cost)}" for name, cost in costs)
    share = _("%(share)s %%") % {"share": decimal(100 * body["max_share"])}
    return [
        (_("Reached at most, of a segment"), share),
        (_("Least residents"), count(body["min_residents"])),
        (_("Cost of 1,000 residents by channel"), ", ".join(named)),
        (_("Filters"), described(body["filters"]) or _("none")),
    ]


def _money_of_channels(answers: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """What each plan spends on each channel."""
    sums: list[dict[str, float]] = [{} for _answer in answers]
    for spent, answer in zip(sums, answers, strict=True):
        for one in answer["segments"]:
            spent[one["channel"]] = spent.get(one["channel"], 0) + one["spend"]
    names = sorted({name for spent in sums for name in spent})
    return [(name, [money(spent.get(name, 0)) for spent in sums]) for name in names]


def _compared(plan: Plan, answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A column of plans side by side."""
    total = answer["total"]
    return [
        (_("Owner"), plan.owner.get_username()),
        (_("Kept"), date_format(localtime(plan.kept_at), "SHORT_DATETIME_FORMAT")),
        (_("Budget"), money(plan.body["budget"])),
        *_asked(plan),
        (_("Segments"), count(total["segments"])),
        (_("Reached"), count(total["reached"])),
        (_("Costs"), money(total["spend"])),
        (_("Expected courses"), decimal(total["expected_courses"])),
        (_("95 % interval"), interval(total)),
        (_("Courses of the next 100"), decimal(100 * answer["marginal_return"])),
    ]


_Rows = tuple[Sequence[str], Sequence[Sequence[Any]]]


def _segments(planned: Planned, keys: Sequence[str]) -> _Rows:
    header = [*keys, *FIGURES]
    return header, [[one[name] for name in header] for one in planned.answer["segments"]]


def _channels(planned: Planned, keys: Sequence[str]) -> _Rows:
    return ["channel", "segments", "reached", "spend", "expected_courses"], [
        [channel, *sums] for channel, sums in by_channel(planned)
    ]


def _curve(planned: Planned, keys: Sequence[str]) -> _Rows:
    return ["budget", "expected_courses"], planned.curve


# What the page shows of a plan that is not kept.
_DRAFTS = {"segments": _segments, "channels": _channels, "curve": _curve}
