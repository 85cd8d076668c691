"""Schedules in the admin, in its look: django-celery-beat's own pages on django-unfold's base."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django_celery_beat.admin import ClockedScheduleAdmin as BaseClockedScheduleAdmin
from django_celery_beat.admin import CrontabScheduleAdmin as BaseCrontabScheduleAdmin
from django_celery_beat.admin import PeriodicTaskAdmin as BasePeriodicTaskAdmin
from django_celery_beat.admin import PeriodicTaskForm, TaskSelectWidget
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.common.background.services.schedules import next_run, run_now, set_enabled
from config.common.http.callers import acting
from config.common.problems import Problem

admin.site.unregister([PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule])


class UnfoldTaskSelectWidget(UnfoldAdminSelectWidget, TaskSelectWidget):  # type: ignore[misc]  # neither has types
    """The tasks that there are, to choose from."""


class UnfoldPeriodicTaskForm(PeriodicTaskForm):  # type: ignore[misc]  # django-celery-beat has no types
    """Its two fields for the task's name, in the admin's look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = UnfoldTaskSelectWidget()


def without(fieldsets: Any, name: str) -> list[tuple[Any, dict[str, Any]]]:
    """Leaves one field out: nothing of the product goes by the sun, so there would be none to choose."""
    return [
        (title, {**options, "fields": tuple(field for field in options["fields"] if field != name)})
        for title, options in fieldsets
    ]


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(BasePeriodicTaskAdmin, ModelAdmin):  # type: ignore[misc]  # neither has types
    """What runs when. A change takes effect within seconds and survives restarts."""

    form = UnfoldPeriodicTaskForm
    # django-celery-beat's own has a script in it, which the content security policy refuses.
    change_form_template = None
    fieldsets = without(BasePeriodicTaskAdmin.fieldsets, "solar")
    list_display = ("name", "enabled", "scheduler", "last_run_at", "next_run_at")
    list_filter = ("enabled", "one_off", "task")
    date_hierarchy = None
    actions = ("pause", "resume", "run_selected_now")

    @admin.display(description="next run")
    def next_run_at(self, schedule: PeriodicTask) -> datetime | None:
        """By the schedule; beat may be away."""
        return next_run(schedule)

    @admin.action(description="Pause the selected schedules", permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        """They are not sent until somebody resumes them."""
        done = set_enabled(schedules=queryset, enabled=False, actor=acting(request))
        messages.success(request, f"{done} paused.")

    @admin.action(description="Resume the selected schedules", permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        """They are sent again."""
        done = set_enabled(schedules=queryset, enabled=True, actor=acting(request))
        messages.success(request, f"{done} resumed.")

    @admin.action(description="Run the selected schedules now", permissions=["change"])
    def run_selected_now(self, request: HttpRequest, queryset: QuerySet[PeriodicTask]) -> None:
        """Once, besides their times."""
        sent = 0
        for schedule in queryset:
            try:
                run_now(schedule=schedule, actor=acting(request))
                sent += 1
            except Problem as problem:
                messages.error(request, problem.detail)
        if sent:
            messages.success(request, f"{sent} sent to the workers.")


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(ModelAdmin):  # type: ignore[misc]  # django-unfold has no types
    """Every so many seconds, minutes, …"""


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(BaseCrontabScheduleAdmin, ModelAdmin):  # type: ignore[misc]  # neither has types
    """At certain minutes, hours, days; in UTC."""


@admin.register(ClockedSchedule)
class ClockedScheduleAdmin(BaseClockedScheduleAdmin, ModelAdmin):  # type: ignore[misc]  # neither has types
    """Once, at a moment: made from the form of a schedule, where one is needed, and in no menu."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False
