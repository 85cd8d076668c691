"""Everybody's subscriptions."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesCheckboxFilter

from config.common.changes.deletions import RecordedDeletionMixin
from config.common.events.kinds import titles
from config.common.events.models import Subscription
from config.common.events.services.subscriptions import change_webhook
from config.common.http.callers import acting
from config.common.saved_views.admin import SavedListMixin
from config.common.staff.filters import FlagFilter
from config.common.staff.read_only import ReadOnlyAdmin


@admin.register(Subscription)
class SubscriptionAdmin(RecordedDeletionMixin, SavedListMixin, ReadOnlyAdmin):
    """Who is told of what, and where. One's own are on a page of their own."""

    list_display = ("__str__", "user", "channel", "asked_for", "is_active", "failing_since", "disabled_at")
    list_filter = (("channel", ChoicesCheckboxFilter), ("is_active", FlagFilter))
    list_filter_submit = True
    saved_parameters = ("channel__exact", "is_active__exact")
    list_select_related = ("user",)
    search_fields = ("user__username",)
    fields = ("user", "channel", "asked_for", "is_active", "failing_since", "disabled_at", "created_at")
    readonly_fields = ("asked_for",)
    actions = ("switch_off",)

    @admin.display(description=gettext_lazy("events"))
    def asked_for(self, row: Subscription) -> str:
        """In words."""
        return "; ".join(titles(row.events))

    @admin.action(description=gettext_lazy("Switch the selected webhooks off"), permissions=["switch_off"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        """Nothing is sent to them; their owners may switch them on again."""
        chosen = queryset.filter(channel=Subscription.Channel.WEBHOOK, is_active=True)
        keys = list(chosen.values_list("pk", flat=True))
        for pk in keys:
            change_webhook(pk=pk, values={"is_active": False}, actor=acting(request))
        done = ngettext("%(count)s switched off.", "%(count)s switched off.", len(keys))
        messages.success(request, done % {"count": number_format(len(keys))})

    def has_switch_off_permission(self, request: HttpRequest) -> bool:
        """Asked by Django for the action."""
        return request.user.has_perm("events.change_subscription")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("events.delete_subscription")
