"""Changes of what has no history of its own: names, deliveries, users, settings, schedules."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RecordedChange(models.Model):
    """What somebody did to a row, `{"contact": {"from": "", "to": "Eva"}}`. Written in the transaction of the change.

    No foreign key to the row: this outlives it. No password, token or secret is ever in it.
    """

    class Action(models.TextChoices):
        """What was done."""

        CREATED = "created", _("created")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")
        APPROVED = "approved", _("approved")
        DISCARDED = "discarded", _("discarded")
        CANCELLED = "cancelled", _("cancelled")
        QUEUED = "queued", _("queued again")
        GOOD_ROWS = "good_rows", _("queued again without its wrong rows")
        MENDED = "mended", _("queued again with its wrong rows corrected")
        ERASED = "erased", _("erased")
        INVITED = "invited", _("invited by mail")
        LINK = "link", _("mailed a link to set a password")
        PASSWORD = "password", _("given another password")
        FACTOR = "factor", _("second factor taken off")
        REVOKED = "revoked", _("revoked")
        RUN = "run", _("run by hand")

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
