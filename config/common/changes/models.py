"""Changes of what has no history of its own: names, deliveries, users, settings, schedules."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy


class RecordedChange(models.Model):
    """What somebody did to a row, `{"contact": {"from": "", "to": "Eva"}}`. Written in the transaction of the change.

    No foreign key to the row: this outlives it. No password, token or secret is ever in it.
    """

    class Action(models.TextChoices):
        """What was done, said of things of any gender."""

        CREATED = "created", pgettext_lazy("change log", "created")
        CHANGED = "changed", pgettext_lazy("change log", "changed")
        DELETED = "deleted", pgettext_lazy("change log", "deleted")
        APPROVED = "approved", pgettext_lazy("change log", "approved")
        DISCARDED = "discarded", pgettext_lazy("change log", "discarded")
        CANCELLED = "cancelled", pgettext_lazy("change log", "cancelled")
        QUEUED = "queued", pgettext_lazy("change log", "queued again")
        GOOD_ROWS = "good_rows", pgettext_lazy("change log", "queued again without its wrong rows")
        MENDED = "mended", pgettext_lazy("change log", "queued again with its wrong rows corrected")
        ERASED = "erased", pgettext_lazy("change log", "erased")
        INVITED = "invited", pgettext_lazy("change log", "invited by mail")
        LINK = "link", pgettext_lazy("change log", "mailed a link to set a password")
        PASSWORD = "password", pgettext_lazy("change log", "given another password")
        FACTOR = "factor", pgettext_lazy("change log", "second factor taken off")
        REVOKED = "revoked", pgettext_lazy("change log", "revoked")
        RUN = "run", pgettext_lazy("change log", "run by hand")

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    model = models.CharField(max_length=100, help_text="Of the row: app_label.model.")
    row_id = models.BigIntegerField(null=True, blank=True, help_text="None: its key is no number, or a secret.")
    name = models.CharField(max_length=256, help_text="What the row was called then.")
    action = models.CharField(max_length=16, choices=Action.choices)
    changes = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    is_restricted = models.BooleanField(default=False, help_text="Only superusers see the row, and this.")

    class Meta:
        verbose_name = "change"
        verbose_name_plural = "change log"
        ordering = ("-at", "-id")
        indexes = [
            models.Index(fields=["-at", "-id"], name="recorded_change_at"),
            models.Index(fields=["model", "row_id"], name="recorded_change_of_row"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_action_display()}"
