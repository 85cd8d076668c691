"""The trail of reads."""

from django.db import models
from django.utils import timezone


class ReadAudit(models.Model):
    """Who saw, took away, corrected or erased which residents: numbers, never names. Written in SQL, see
    `config.common.privacy.services.reads`; never changed.

    `import_id` alone stands for all residents of that import. No foreign keys: the trail outlives whom and what it
    names, and a read of a resident locks no row of its reader.
    """

    class What(models.TextChoices):
        """What somebody had of residents."""

        RESIDENT = "resident"
        RESIDENTS = "residents", "all residents"
        COURSES = "courses", "courses of each resident"
        AGES = "ages", "age percentiles"
        SAMPLES = "samples", "samples of a review"
        REFUSED = "refused", "residents that were refused"
        LISTED = "listed", "rows of a list"
        PAGE = "page", "page of a row"
        CORRECTED = "corrected", "resident, to correct it"
        EXPORTED = "exported", "everything that is stored of a resident"
        ERASED = "erased", "resident, to erase it"

    at = models.DateTimeField(default=timezone.now, db_index=True)
    account_id = models.BigIntegerField(null=True, help_text="Of whoever signed in.")
    username = models.CharField(max_length=150, help_text="At that time; of a command that of the machine.")
    via = models.CharField(max_length=200, help_text="The token, the session, or the command.")
    what = models.CharField(max_length=16, choices=What.choices)
    format = models.CharField(max_length=16, blank=True, help_text="json, csv, …")
    import_id = models.BigIntegerField("import", null=True)
    citizen_id = models.BigIntegerField("citizen id", null=True, help_text="Blank: all of the import.")
    request_id = models.CharField(max_length=100, blank=True)
    address = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "read of residents"
        verbose_name_plural = "reads of residents"
        ordering = ("-id",)
        indexes = [models.Index(fields=["import_id", "citizen_id", "-id"], name="read_of_citizen")]

    def __str__(self) -> str:
        return f"{self.username}: {self.get_what_display()}"
