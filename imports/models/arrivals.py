"""Deliveries that come message by message."""

from typing import Any

from django.db import models
from django.utils import timezone


class SequencesField(models.TextField):  # type: ignore[type-arg]  # Django's takes none when it runs
    """A set of whole numbers as PostgreSQL keeps it, in ranges: `{[1,17),[18,10001)}`. Python sees it as this text."""

    def db_type(self, connection: Any) -> str:
        return "int8multirange"


class Arrival(models.Model):
    """A delivery that comes message by message, until all of it is there: what came of it so far.

    `sequences` came and are kept, those in `refused` came and are not valid. The row stays when the delivery is gone,
    so that messages which come again are known.
    """

    source = models.CharField(max_length=64, help_text="As its producer writes it.")
    name = models.CharField(max_length=200, help_text="What its producer calls the delivery.")
    # No foreign key: the delivery may be deleted before.
    import_id = models.BigIntegerField(null=True, blank=True, help_text="The delivery that it becomes.")
    begun_at = models.DateTimeField(null=True, blank=True, help_text="When its producer's `begin` came.")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When its producer's `end` came.")
    expected = models.BigIntegerField(null=True, blank=True, help_text="How many messages it has, as its `end` says.")
    expected_checksum = models.DecimalField(max_digits=20, decimal_places=0, null=True, blank=True)
    checksum = models.DecimalField(max_digits=20, decimal_places=0, default=0, help_text="Of what came.")
    came = models.BigIntegerField(default=0, help_text="How many messages are kept.")
    sequences = SequencesField(default="{}")
    refused = SequencesField(default="{}")
    chunks = models.PositiveIntegerField(default=0, help_text="Pieces of its raw body.")
    last_at = models.DateTimeField(default=timezone.now, help_text="When the last message came.")
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When all of it was there.")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="arrival_of_source")]
        indexes = [
            models.Index(fields=["import_id"], name="arrival_import"),
            models.Index(fields=["id"], name="arrival_open", condition=models.Q(settled_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.source}"
