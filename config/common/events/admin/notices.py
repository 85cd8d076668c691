"""What was sent, each attempt of it, and sending it again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesCheckboxFilter

from config.common.events.kinds import titles
from config.common.events.models import Attempt, Notice
from config.common.events.services.notices import send_again
from config.common.http.callers import acting
from config.common.problems import Problem
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.read_only import ReadOnlyAdmin


class AttemptInline(TabularInline):  # type: ignore[misc]  # django-unfold has no types
    """The attempts of a notice."""

    model = Attempt
    fields = ("number", "started_at", "finished_at", "outcome", "status_code")
    readonly_fields = fields
    extra = 0
    can_delete = False
    ordering = ("-number",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Notice)
class NoticeAdmin(SavedListMixin, ReadOnlyAdmin):
    """What was sent to whom, or waits to be."""

    list_display = ("kind", "about", "to", "owner", "status", "attempts_made", "due_at", "created_at")
    list_filter = (("status", ChoicesCheckboxFilter), ("subscription__channel", ChoicesCheckboxFilter))
    list_filter_submit = True
    saved_parameters = ("status__exact", "subscription__channel__exact")
    list_select_related = ("event", "subscription__user")
    search_fields = ("event__kind", "event__about", "subscription__user__username")
    show_full_result_count = False
    fields = ("kind", "about", "to", "owner", "status", "attempts_made", "due_at", "created_at")
    readonly_fields = ("kind", "about", "to", "owner")
    inlines = (AttemptInline,)
    actions = ("resend",)

    @admin.display(description=gettext_lazy("event"), ordering="event__kind")
    def kind(self, notice: Notice) -> str:
        """In words."""
        return titles([notice.event.kind])[0]

    @admin.display(description=gettext_lazy("about"))
    def about(self, notice: Notice) -> str:
        """The address of what it is about, in the API."""
        return notice.event.about

    @admin.display(description=gettext_lazy("to"))
    def to(self, notice: Notice) -> str:
        """The host of a webhook, or whose mail."""
        return str(notice.subscription)

    @admin.display(description=gettext_lazy("owner"), ordering="subscription__user__username")
    def owner(self, notice: Notice) -> str:
        """Who asked for it."""
        return notice.subscription.user.get_username()

    @admin.action(description=gettext_lazy("Send the selected notices again"), permissions=["resend"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        """Whatever became of them."""
        sent = 0
        for pk in queryset.values_list("pk", flat=True):
            try:
                send_again(notice_id=pk, actor=acting(request))
                sent += 1
            except Problem as problem:
                messages.error(request, problem.detail)
        if sent:
            done = ngettext("%(count)s is sent again.", "%(count)s are sent again.", sent)
            messages.success(request, done % {"count": number_format(sent)})

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Asked by Django for the action."""
        return request.user.has_perm("events.change_subscription")
