"""Schedules in the admin, as people say them."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule

from config.common.background.admin.schedule_form import ScheduleForm
from config.common.background.models import Schedule
from config.common.background.services.schedules import (
    next_run,
    run_now,
    set_enabled,
    set_schedule,
    staff_tasks,
    when,
)
from config.common.background.timing import How
from config.common.changes.deletions import RecordedDeletionMixin
from config.common.http.callers import acting
from config.common.http.moments import local_moment, moment
from config.common.problems import Problem
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.filters import FlagFilter

# Their rows are shared by schedules, and made by the form of one.
admin.site.unregister([PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule])

_AT_A_TIME = f"how != '' && how != 'as-it-is' && how != '{How.EVERY.value}'"


@admin.register(Schedule)
class ScheduleAdmin(RecordedDeletionMixin, SavedListMixin):
    """What runs when. A change takes effect within seconds and survives restarts.

    Staff see what they may set; a superuser sees what keeps the product running as well.
    """

    form = ScheduleForm
    list_display = ("named", "runs", "enabled", "last_run", "next_run_at")
    list_filter = (("enabled", FlagFilter),)
    list_filter_submit = True
    saved_parameters = ("enabled__exact",)
    list_select_related = ("interval", "crontab", "clocked", "solar")
    search_fields = ("name", "description")
    actions = ("pause", "resume", "run_selected_now")
    conditional_fields: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("number", "unit"), f"how == '{How.EVERY.value}'"),
        "days": f"how == '{How.WEEKDAYS.value}'",
        **dict.fromkeys(("at", "zone"), _AT_A_TIME),
    }

    def is_restricted(self, row: Schedule) -> bool:
        return row.task not in staff_tasks()

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def named(self, schedule: Schedule) -> str:
        """The name, in the reader's language where it is the product's own."""
        return str(schedule)

    @admin.display(description=gettext_lazy("runs"))
    def runs(self, schedule: Schedule) -> str:
        """As people say it."""
        return when(schedule)

    @admin.display(description=gettext_lazy("last run"), ordering="last_run_at")
    def last_run(self, schedule: Schedule) -> str:
        """When beat sent it; or when its times were changed, from which they count."""
        return local_moment(schedule.last_run_at) if schedule.last_run_at else ""

    @admin.display(description=gettext_lazy("next run"))
    def next_run_at(self, schedule: Schedule) -> str:
        """By the schedule; beat may be away."""
        next_one = next_run(schedule)
        return local_moment(next_one) if next_one else ""

    def _cell(self, name: str, row: Schedule) -> Any:
        # A file has the same moments for every reader.
        if name not in {"last_run", "next_run_at"}:
            return super()._cell(name, row)
        found = row.last_run_at if name == "last_run" else next_run(row)
        return moment(found) if found else None

    @admin.display(description=gettext_lazy("what it does"))
    def about(self, schedule: Schedule) -> str:
        """In a sentence."""
        return _(schedule.description) if schedule.description else ""

    @admin.display(description=gettext_lazy("what runs"))
    def called(self, schedule: Schedule) -> str:
        """What staff call it, else the name of the task."""
        return str(staff_tasks().get(schedule.task) or schedule.task)

    @admin.action(description=gettext_lazy("Pause the selected schedules"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        """They are not sent until somebody resumes them."""
        done = set_enabled(schedules=queryset, enabled=False, actor=acting(request))
        messages.success(
            request, ngettext("%(count)s paused.", "%(count)s paused.", done) % {"count": number_format(done)}
        )

    @admin.action(description=gettext_lazy("Resume the selected schedules"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        """They are sent again."""
        done = set_enabled(schedules=queryset, enabled=True, actor=acting(request))
        messages.success(
            request, ngettext("%(count)s resumed.", "%(count)s resumed.", done) % {"count": number_format(done)}
        )

    @admin.action(description=gettext_lazy("Run the selected schedules now"), permissions=["change"])
    def run_selected_now(self, request: HttpRequest, queryset: QuerySet[Schedule]) -> None:
        """Once, besides their times."""
        sent = 0
        for schedule in queryset:
            try:
                run_now(schedule=schedule, actor=acting(request))
                sent += 1
            except Problem as problem:
                messages.error(request, problem.detail)
        if sent:
            messages.success(
                request,
                ngettext("%(count)s sent to the workers.", "%(count)s sent to the workers.", sent)
                % {"count": number_format(sent)},
            )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        rows: QuerySet[Schedule] = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(task__in=staff_tasks())

    def get_fieldsets(self, request: HttpRequest, obj: Schedule | None = None) -> Any:
        what = ("name", "called", "about") if obj else ("name", "task")
        times = ("how", ("number", "unit"), "days", ("at", "zone"))
        runs = [(_("Runs"), {"fields": ("last_run", "next_run_at")})] if obj else []
        return [(None, {"fields": (*what, "enabled")}), (_("When"), {"fields": times}), *runs]

    def get_readonly_fields(self, request: HttpRequest, obj: Schedule | None = None) -> tuple[str, ...]:
        return ("called", "about", "last_run", "next_run_at") if obj else ()

    def save_model(self, request: HttpRequest, obj: Schedule, form: ScheduleForm, change: bool) -> None:
        if not change:
            obj.task = form.cleaned_data["task"]
        set_schedule(schedule=obj, timing=form.cleaned_data["timing"], actor=acting(request))
