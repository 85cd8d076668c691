"""The renamings that staff asked for in a delivery."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from imports.models.deliveries import Import


class Rename(models.Model):
    """A town or a channel that somebody gives another name throughout a delivery, and what became of it."""

    class Field(models.TextChoices):
        """What may be renamed."""

        TOWN = "town", gettext_lazy("Town")
        CHANNEL = "channel", gettext_lazy("Channel")

    # Few rows a delivery, so Django's cascade may take them along.
    delivery = models.ForeignKey(
        Import, db_column="import_id", on_delete=models.CASCADE, related_name="+", verbose_name="delivery"
    )
    field = models.CharField(max_length=16, choices=Field.choices)
    before = models.CharField("from", max_length=256)
    after = models.CharField("to", max_length=256)
    citizens = models.BigIntegerField(null=True, blank=True, help_text="How many had it, once it is done.")
    refusal = models.CharField(max_length=256, blank=True, help_text="Why nothing was renamed.")
    undoes = models.BigIntegerField(null=True, blank=True, help_text="The renaming that it takes back.")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["id"], name="rename_unfinished", condition=Q(finished_at=None))]

    def __str__(self) -> str:
        return f"Renaming of a {self.field} of delivery {self.delivery_id}"
