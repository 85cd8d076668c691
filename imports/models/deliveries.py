"""Deliveries of residents: the delivery, its residents, and the corrections that staff made."""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from config.common.problems import told_stored
from imports.documents.formats import FORMATS, JSON
from imports.querysets import CitizenQuerySet, CorrectionQuerySet, ImportQuerySet

_NO_ID = Value(None, output_field=models.BigIntegerField())


class ArrayPosition(Func):
    """PostgreSQL's `array_position`: where an element first stands in an array, or null."""

    function = "array_position"
    output_field = models.IntegerField()


class Import(models.Model):
    """One delivery of residents. Deliveries are independent of each other."""

    class Status(models.TextChoices):
        """Where a delivery stands."""

        QUEUED = "queued"
        LOADING = "loading"
        CHECKED = "checked"
        COMPLETE = "complete"
        FAILED = "failed"
        CANCELLED = "cancelled"
        ERASED = "erased"

    source = models.CharField(max_length=64, default="default", help_text="Who supplied it.")
    file_name = models.CharField(
        "file", max_length=255, blank=True, default="", db_default="", help_text="What the uploaded file was called."
    )
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.QUEUED)
    citizen_count = models.BigIntegerField("residents", default=0)
    processed = models.BigIntegerField(default=0, help_text="Residents that were taken in so far.")
    errors = models.JSONField(default=list, blank=True)
    more_errors = models.BigIntegerField(default=0, help_text="How many more there are than the ones listed.")
    attempts = models.PositiveIntegerField(default=0, help_text="How often a worker began to load it.")
    stops_when_checked = models.BooleanField(
        "stops for review", default=False, help_text="Somebody looks at it before it loads."
    )
    stops_at_losses = models.BooleanField(
        "stops if it takes many away",
        default=False,
        db_default=False,
        help_text="Somebody looks at it where more than a tenth of the residents of its source would go.",
    )
    carries_corrections = models.BooleanField(
        default=False,
        db_default=False,
        help_text="What was corrected in the delivery that it replaces is corrected in it too.",
    )
    review = models.JSONField(null=True, blank=True, help_text="Counts against the source's last complete delivery.")
    differences = models.JSONField(default=list, blank=True, help_text="Samples while it waits for approval.")
    # The default is the database's too: a web server of before the column does not name it.
    media_type = models.CharField(
        max_length=80,
        choices=[(one.media_type, one.label) for one in FORMATS.values()],
        default=JSON.media_type,
        db_default=JSON.media_type,
        help_text="Of the raw body.",
    )
    content_encoding = models.CharField(max_length=16, blank=True, help_text="Of the raw body.")
    read_as = models.JSONField(
        null=True, blank=True, help_text="Delimiter, encoding, sheet and columns of a table, where somebody said them."
    )
    # The default is the database's too, as that of `media_type`.
    is_draft = models.BooleanField(
        default=False, db_default=False, help_text="Its columns are being looked at; it is no delivery yet."
    )
    left_out = models.BigIntegerField(
        "rows left out", null=True, blank=True, help_text="Wrong ones, where somebody chose to load the good ones only."
    )
    wrong_rows = models.JSONField(null=True, blank=True, help_text="Counts and samples of a delivery that failed.")
    wrong_cells = models.JSONField(
        null=True,
        blank=True,
        help_text="All wrong rows of a delivery that failed, if they fit into a page.",
    )
    mended = models.BigIntegerField(
        "rows corrected", null=True, blank=True, help_text="Wrong ones that somebody corrected before it was loaded."
    )
    compared = models.JSONField(
        null=True, blank=True, help_text="Counts against the delivery that it replaced, when it was loaded."
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        db_index=False,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who approved, cancelled or tried it again, left wrong rows out or corrected them, the last of them.",
    )
    body_size = models.BigIntegerField("raw body", null=True, blank=True, help_text="Its bytes while it is kept.")
    revision = models.BigIntegerField(default=0, help_text="Grows with each correction of its residents.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    completed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="When it was complete, failed or cancelled.")
    erased_at = models.DateTimeField(null=True, blank=True, help_text="When somebody had its residents erased.")
    scrubbed_at = models.DateTimeField(null=True, blank=True, help_text="When nothing personal of it was left.")
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="Its rows are about to go.")

    objects: ClassVar[ImportQuerySet] = ImportQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        # What the admin calls it; the API says import.
        verbose_name = "delivery"
        verbose_name_plural = "deliveries"
        ordering = ("-id",)
        permissions = [("view_own_citizens", "Can view the citizens of imports of one's own")]
        indexes = [
            models.Index(fields=["source", "-id"], name="import_source", condition=Q(deleted_at=None)),
            models.Index(fields=["deleted_at"], name="import_deleted", condition=Q(deleted_at__isnull=False)),
            models.Index(fields=["id"], name="import_to_scrub", condition=Q(status="erased", scrubbed_at=None)),
            # For the sweeper and for the erasure of raw bodies, which look again and again and mostly find nothing.
            models.Index(fields=["id"], name="import_unfinished", condition=Q(status__in=["queued", "loading"])),
            models.Index(fields=["settled_at"], name="import_raw_body", condition=Q(body_size__isnull=False)),
        ]

    def __str__(self) -> str:
        return _("Delivery %(number)s from %(source)s") % {"number": self.pk, "source": self.source}

    def get_absolute_url(self) -> str:
        """Where the API has it, as the answer to whoever delivered it said."""
        return reverse("import-detail", kwargs={"import_id": self.pk})

    @property
    def refusals(self) -> list[dict[str, str]]:
        """The errors, their details in the language that is active."""
        return told_stored(self.errors)


class OfDelivery(models.Model):
    """Rows of one delivery. They go in chunks (`services/erasing`), never by Django's cascade, which reads them all."""

    delivery = models.ForeignKey(
        Import,
        db_column="import_id",
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        verbose_name="delivery",
    )

    class Meta:
        abstract = True


class RawChunk(OfDelivery):
    """A piece of a delivery as it was sent, until it is loaded and a while longer."""

    number = models.PositiveIntegerField(help_text="From 0.")
    content = models.BinaryField(help_text="Up to a mebibyte.")

    class Meta:
        ordering = ("delivery", "number")
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="raw_chunk_unique_in_import")]

    def __str__(self) -> str:
        return f"Chunk {self.number} of delivery {self.delivery_id}"


class Citizen(OfDelivery):
    """One resident of one delivery.

    `relatives` and `friends` are ids of residents of the same delivery and symmetric: whoever stands in one's list has
    one in theirs. The services that write them see to that, under locks; the constraints keep what a row can know.
    """

    class Gender(models.TextChoices):
        """As the deliveries write it."""

        MALE = "male", gettext_lazy("Male")
        FEMALE = "female", gettext_lazy("Female")

    citizen_id = models.BigIntegerField("citizen id")
    town = models.CharField(max_length=256)
    street = models.CharField(max_length=256)
    building = models.CharField(max_length=256)
    apartment = models.BigIntegerField()
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=256)
    birth_date = models.DateField()
    gender = models.CharField(max_length=6, choices=Gender.choices)
    relatives = ArrayField(models.BigIntegerField(), default=list, blank=True)
    friends = ArrayField(models.BigIntegerField(), default=list, blank=True)
    channel = models.CharField(max_length=64, default="unknown", help_text="The advertising channel that reaches them.")

    objects: ClassVar[CitizenQuerySet] = CitizenQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        # What the admin calls them; the API says citizen.
        verbose_name = "resident"
        ordering = ("delivery", "citizen_id")
        constraints = [
            # Deferrable: a stream is stored before it is known whether an id occurs twice, and each one is to be named.
            models.UniqueConstraint(
                fields=["delivery", "citizen_id"],
                name="citizen_unique_in_import",
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(condition=Q(citizen_id__gte=0), name="citizen_id_not_negative"),
            models.CheckConstraint(condition=Q(apartment__gte=0), name="citizen_apartment_not_negative"),
            models.CheckConstraint(condition=Q(gender__in=["male", "female"]), name="citizen_gender_known"),
            models.CheckConstraint(condition=~Q(relatives__overlap=F("friends")), name="citizen_relative_or_friend"),
            models.CheckConstraint(
                condition=IsNull(ArrayPosition(F("relatives"), _NO_ID), True),
                name="citizen_relatives_not_null",
            ),
            models.CheckConstraint(
                condition=IsNull(ArrayPosition(F("friends"), _NO_ID), True),
                name="citizen_friends_not_null",
            ),
        ]

    def __str__(self) -> str:
        return _("Resident %(resident)s of delivery %(delivery)s") % {
            "resident": self.citizen_id,
            "delivery": self.delivery_id,
        }

    @classmethod
    def called(cls, field: str) -> str:
        """What people call a field."""
        return str(cast("models.Field[Any, Any]", cls._meta.get_field(field)).verbose_name)


class Correction(OfDelivery):
    """What somebody changed on a resident: `{"town": {"from": "Kiev", "to": "Kyiv"}}`."""

    citizen_id = models.BigIntegerField("citizen id")
    changes = models.JSONField(encoder=DjangoJSONEncoder)
    carried_from = models.BigIntegerField(
        "carried from", null=True, blank=True, help_text="The replaced delivery in which it was made."
    )
    # No foreign keys: what they name may be erased before.
    undoes = models.BigIntegerField(null=True, blank=True, help_text="The correction that it takes back.")
    of_rename = models.BigIntegerField(
        "renaming", null=True, blank=True, help_text="The renaming that it is a part of, for this resident."
    )
    corrected_at = models.DateTimeField(auto_now_add=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar[CorrectionQuerySet] = CorrectionQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["delivery", "citizen_id", "-id"], name="correction_of_citizen"),
            # In the change log a renaming is one line, not one for each resident: each row is in one of these.
            models.Index(fields=["-corrected_at", "-id"], name="correction_logged", condition=Q(of_rename=None)),
            models.Index(
                fields=["of_rename", "citizen_id"], name="correction_of_rename", condition=Q(of_rename__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"Correction of resident {self.citizen_id} of delivery {self.delivery_id}"
