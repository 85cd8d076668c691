"""Messages that were not taken, and putting them back."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AllValuesCheckboxFilter, ChoicesCheckboxFilter

from config.common.http.callers import acting
from config.common.kafka.models import DeadLetter
from config.common.kafka.services.dead_letters import MAY_PUT_BACK, put_back
from config.common.problems import Problem
from config.common.staff.filters import YesNoFilter
from config.common.staff.read_only import ReadOnlyAdmin


class PutBackFilter(YesNoFilter):
    """Those that wait, and those that do not."""

    title = _("put back")
    parameter_name = "back"

    def having(self, queryset: QuerySet[Any]) -> Q:
        return Q(put_back_at__isnull=False)


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin):
    """Where they came from and why they were not taken. What is in them may be personal, and is not shown."""

    list_display = ("__str__", "reason", "detail", "called", "created_at", "put_back_at")
    list_filter = (("topic", AllValuesCheckboxFilter), ("reason", ChoicesCheckboxFilter), PutBackFilter)
    list_filter_submit = True
    list_select_related = ("put_back_by",)
    show_full_result_count = False
    fields = (
        "topic", "partition", "offset", "reason", "detail", "called", "size", "created_at", "sent_at", "put_back_at",
        "put_back_by",
    )  # fmt: skip
    readonly_fields = ("called",)
    actions = ("put_selected_back",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeadLetter]:
        # Up to a mebibyte each.
        found: QuerySet[DeadLetter] = super().get_queryset(request).defer("value", "headers")
        return found

    @admin.display(description=_("key"))
    def called(self, letter: DeadLetter) -> str:
        """What its producer calls the delivery, as far as it can be read."""
        return bytes(letter.key or b"").decode("utf-8", "backslashreplace")[:100]

    @admin.action(description=_("Put the selected messages back"), permissions=["put_back"])
    def put_selected_back(self, request: HttpRequest, queryset: QuerySet[DeadLetter]) -> None:
        """Sends them to their topics once more, the oldest first; stops at the first that cannot be sent."""
        done = 0
        for letter_id in queryset.order_by("pk").values_list("pk", flat=True):
            try:
                put_back(letter_id=letter_id, actor=acting(request))
            except Problem as problem:
                messages.error(request, problem.detail)
                break
            done += 1
        if done:
            told = ngettext("%(count)s message put back.", "%(count)s messages put back.", done)
            messages.success(request, told % {"count": number_format(done)})

    def has_put_back_permission(self, request: HttpRequest) -> bool:
        """Asked by Django for the action."""
        return request.user.has_perm(MAY_PUT_BACK)
