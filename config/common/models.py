"""Tables that belong to no domain: API tokens, and what background work stands on."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from knox.models import AbstractAuthToken

from config.common.querysets import ApiTokenManager, ChunkedRunQuerySet


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # django-rest-knox has no types
    """A key that a program signs in with: stored as a hash, expiring, revocable, several for a user."""

    label = models.CharField(max_length=100, blank=True, help_text="What uses this token.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="To the minute.")

    objects: ClassVar[ApiTokenManager] = ApiTokenManager()

    class Meta:
        verbose_name = "API token"
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"{self.label or 'token'} {self.token_key}…"


class IdempotencyKey(models.Model):
    """The first answer to a request that carried an `Idempotency-Key`, committed together with what it answered."""

    name = models.CharField(
        max_length=64, primary_key=True, help_text="SHA-256 of user, method, path and key, hexadecimal."
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    request_hash = models.CharField(max_length=64, help_text="SHA-256 of what was sent, hexadecimal.")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(help_text="JSON, with its keys in their order.")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name[:8]}… until {self.expires_at}"


class Lease(models.Model):
    """Who works on what until when; see `config.common.background.leases`. Written there alone, in SQL."""

    name = models.CharField(max_length=200, primary_key=True)
    fence = models.BigIntegerField(help_text="From a sequence: grows with each holder.")
    holder = models.CharField(max_length=200)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name} held by {self.holder}"


class Turn(models.Model):
    """When the next turn of a limited rate is due; see `config.common.background.rates`."""

    name = models.CharField(max_length=200, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.due_at}"


class ChunkedRun(models.Model):
    """Long work over a range of ids; see `config.common.background.chunks`."""

    name = models.CharField(max_length=200, primary_key=True)
    task = models.CharField(max_length=200)
    position = models.BigIntegerField(help_text="The first id that is not done.")
    end = models.BigIntegerField(help_text="The id behind the last.")
    size = models.PositiveIntegerField(help_text="Ids in a chunk.")
    started_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ChunkedRunQuerySet] = ChunkedRunQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"{self.name} at {self.position} of {self.end}"


class ReadAudit(models.Model):
    """Who saw, took away, corrected or erased which residents: numbers, never names. Written in SQL, see
    `config.common.services.audit`; never changed.

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
