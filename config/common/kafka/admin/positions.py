"""How far topics are read."""

from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AllValuesCheckboxFilter

from config.common.kafka.models import Position
from config.common.staff.read_only import ReadOnlyAdmin


@admin.register(Position)
class PositionAdmin(ReadOnlyAdmin):
    """Each partition, who reads it, and what became of its messages."""

    list_display = (
        "topic", "partition", "next_offset", "left", "stored", "repeated", "ignored", "refused", "lost", "holder",
        "seen_at",
    )  # fmt: skip
    list_filter = (("topic", AllValuesCheckboxFilter),)
    list_filter_submit = True
    fields = (
        "topic", "partition", "next_offset", "end_offset", "left", "stored", "repeated", "ignored", "refused", "lost",
        "holder", "fence", "seen_at",
    )  # fmt: skip
    readonly_fields = ("left",)

    @admin.display(description=_("left to read"))
    def left(self, row: Position) -> str:
        """Offsets, which are messages and the marks of transactions; when its reader last looked."""
        return "" if row.lag is None else str(number_format(row.lag))
