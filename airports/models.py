"""Airports, their history, and changes that wait for somebody to confirm them."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.postgres.indexes import GistIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Now
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords

from airports import fields
from airports.querysets import SEARCHED, AirportQuerySet, PendingChangeQuerySet, QueuedCreateQuerySet
from config.common.db.folded import Folded, FoldedText


def _within(name: str, low: float, high: float) -> Q:
    # NaN and infinity are refused with it: to PostgreSQL they are greater than every number.
    return Q(**{f"{name}__gte": low, f"{name}__lte": high})


def _searched() -> Concat:
    lines = [Folded(F(name)) for name in SEARCHED]
    end = Value("\n", output_field=models.TextField())
    return Concat(lines[0], *(part for line in lines[1:] for part in (end, line)))


class Airport(models.Model):
    """One airport. What is unknown is null; an empty text is never stored.

    Deleting by a link sets a flag: the airport leaves the lists, gives its codes free and can be restored until it is
    purged. `version` grows by one with every change.
    """

    name = models.CharField(max_length=fields.MAX_NAME)
    city = models.CharField(max_length=fields.MAX_CITY, null=True, blank=True)  # noqa: DJ001 - null is "unknown"
    country = models.CharField(  # noqa: DJ001 - null is "unknown"
        max_length=fields.MAX_COUNTRY, null=True, blank=True, help_text="Its English name."
    )
    iata = models.CharField("IATA", max_length=3, null=True, blank=True)  # noqa: DJ001 - null is "unknown"
    icao = models.CharField("ICAO", max_length=4, null=True, blank=True)  # noqa: DJ001 - null is "unknown"
    latitude = models.FloatField(help_text="Degrees, WGS 84.")
    longitude = models.FloatField(help_text="Degrees, WGS 84.")
    altitude = models.FloatField(null=True, blank=True, help_text="Feet.")
    timezone = models.FloatField(null=True, blank=True, help_text="Hours from UTC.")
    dst = models.CharField(  # noqa: DJ001 - null is "unknown"
        "DST", max_length=1, null=True, blank=True, help_text="Daylight saving: one of E A S O Z N U."
    )
    tz = models.CharField(  # noqa: DJ001 - null is "unknown"
        "time zone", max_length=fields.MAX_TZ, null=True, blank=True, help_text="Its Olson name, as Europe/Madrid."
    )
    type = models.CharField(max_length=fields.MAX_LABEL, null=True, blank=True)  # noqa: DJ001 - null is "unknown"
    source = models.CharField(max_length=fields.MAX_LABEL, null=True, blank=True)  # noqa: DJ001 - null is "unknown"
    is_deleted = models.BooleanField("flagged as deleted", db_default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.BigIntegerField(db_default=1, editable=False)
    search = models.GeneratedField(expression=_searched(), output_field=FoldedText(), db_persist=True)

    # One row with every field for each change, written by the services with the acting user.
    history = HistoricalRecords(
        history_id_field=models.BigAutoField(),
        excluded_fields=["created_at", "updated_at", "search"],
        # What the admin lists of it.
        verbose_name="historical airport",
        verbose_name_plural="airports deleted for good",
    )
    objects: ClassVar[AirportQuerySet] = AirportQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    # Set by the services before a save: what django-simple-history writes down with it.
    _history_user: User | None
    _history_date: datetime
    _change_reason: str | None

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["iata"], condition=Q(is_deleted=False), name="airport_iata_unique"),
            models.UniqueConstraint(fields=["icao"], condition=Q(is_deleted=False), name="airport_icao_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="airport_has_name"),
            models.CheckConstraint(condition=Q(iata__regex=fields.IATA_PATTERN), name="airport_iata_format"),
            models.CheckConstraint(condition=Q(icao__regex=fields.ICAO_PATTERN), name="airport_icao_format"),
            models.CheckConstraint(
                condition=_within("latitude", -fields.MAX_LATITUDE, fields.MAX_LATITUDE), name="airport_latitude_range"
            ),
            models.CheckConstraint(
                condition=_within("longitude", -fields.MAX_LONGITUDE, fields.MAX_LONGITUDE),
                name="airport_longitude_range",
            ),
            models.CheckConstraint(
                condition=_within("altitude", -fields.MAX_ALTITUDE, fields.MAX_ALTITUDE), name="airport_altitude_range"
            ),
            models.CheckConstraint(
                condition=_within("timezone", fields.MIN_TIMEZONE, fields.MAX_TIMEZONE), name="airport_timezone_range"
            ),
            models.CheckConstraint(condition=Q(dst__in=list(fields.DST_CODES)), name="airport_dst_known"),
            models.CheckConstraint(
                condition=Q(is_deleted=True, deleted_at__isnull=False) | Q(is_deleted=False, deleted_at=None),
                name="airport_flag_has_moment",
            ),
        ]
        indexes = [
            GistIndex(Func(F("longitude"), F("latitude"), function="point"), name="airport_place"),
            models.Index(fields=["deleted_at"], name="airport_flagged", condition=Q(is_deleted=True)),
        ]

    def __str__(self) -> str:
        return self.name


class PendingChange(models.Model):
    """A change that a link asked for: written when somebody confirms it, once, before it expires.

    `changes` holds the new values, `{"city": "Valencia"}`, `before` every field as it was when the link was made. The
    token of the link is known only to its holder.
    """

    class Action(models.TextChoices):
        """What confirming does."""

        CREATE = "create"
        UPDATE = "update"

    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, hexadecimal.")
    action = models.CharField(max_length=6, choices=Action.choices)
    # Not a foreign key: the change outlives the airport and then says that it is gone.
    airport_id = models.BigIntegerField(null=True, blank=True, help_text="Null for a new airport.")
    airport_version = models.BigIntegerField(null=True, blank=True, help_text="Its version when the link was made.")
    before = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder, help_text="Null for a new airport.")
    changes = models.JSONField(encoder=DjangoJSONEncoder)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    result_id = models.BigIntegerField(null=True, blank=True, help_text="The airport that it wrote.")

    objects: ClassVar[PendingChangeQuerySet] = PendingChangeQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["expires_at"], name="pending_change_expiry")]

    def __str__(self) -> str:
        return _("%(action)s of airport %(id)s") % {
            "action": self.get_action_display(),
            "id": self.airport_id or self.result_id or _("(new)"),
        }


class QueuedCreate(models.Model):
    """A body of `PUT /create` that waits for the batch worker, and afterwards what became of it."""

    class Status(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued"
        CREATED = "created"
        FAILED = "failed"

    body = models.TextField(help_text="The JSON object as it was sent; emptied when the airport is there.")
    # No index: acceptance must be cheap, and users are hardly ever deleted.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, db_index=False, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.QUEUED)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Not a foreign key: it says what was made, also when that is gone.
    airport_id = models.BigIntegerField(null=True, blank=True)
    errors = models.JSONField(default=list, blank=True)
    more_errors = models.PositiveIntegerField(default=0, help_text="How many there are besides the ones listed.")

    objects: ClassVar[QueuedCreateQuerySet] = QueuedCreateQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["id"], name="queued_create_queued", condition=Q(status="queued")),
            models.Index(fields=["finished_at"], name="queued_create_finished", condition=Q(finished_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return _("Create %(id)s, %(status)s") % {"id": self.pk, "status": self.get_status_display()}


class KeptUpload(models.Model):
    """A file between the look at what it would do and the decision, one for each person; `preview` is what was seen.

    Its bytes are rows of their own, so that no process ever holds them all.
    """

    name = models.CharField(max_length=255)
    on_error = models.CharField(max_length=4)
    # The default is the database's too: a web server of before the column does not name it.
    reading = models.JSONField(default=dict, db_default={}, help_text="What its columns are.")
    preview = models.JSONField(encoder=DjangoJSONEncoder, default=dict)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class KeptChunk(models.Model):
    """The bytes of a kept file from one place on."""

    upload = models.ForeignKey(KeptUpload, db_index=False, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="kept_chunk_unique")]

    def __str__(self) -> str:
        return f"Chunk {self.number} of upload {self.upload_id}"
