"""What people said of the columns of their files."""

from django.db import models
from django.utils import timezone


class KnownColumns(models.Model):
    """What the columns of a file are, for the next one with the same header from the same source.

    The header itself is not kept: of a file that has none it would be somebody's name and address.
    """

    kind = models.CharField(max_length=16, help_text="What the rows are.")
    source = models.CharField(max_length=64, blank=True)
    header_hash = models.CharField(max_length=64, help_text="SHA-256 of the names of the columns, hexadecimal.")
    columns = models.JSONField(help_text="The field of each column; an empty text for one that is not used.")
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "known columns"
        constraints = [models.UniqueConstraint(fields=["kind", "source", "header_hash"], name="known_columns_unique")]

    def __str__(self) -> str:
        return f"Columns of {self.kind} from {self.source or 'anybody'}"
