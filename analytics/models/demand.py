"""The models of what was counted of the deliveries."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _

from analytics.models.of_delivery import OfDelivery
from analytics.perturbation import new_secret
from analytics.querysets import ImportDemandQuerySet
from config.common.spellings import MAX_FOLD
from imports.models import Citizen, Import

_SQUARES = "The squares of these residents' courses, summed up: how much they vary."


class Shown(models.Model):
    """What those who may not see residents see instead of the counts: `analytics.perturbation`."""

    shown_residents = models.BigIntegerField()
    shown_courses = models.BigIntegerField()
    shown_buyers = models.BigIntegerField()

    class Meta:
        abstract = True


class ImportDemand(Shown):
    """What was counted of one import, and of which state of it: the import changed since when its revision is another.

    No foreign key keeps it: imports know nothing of analytics, and rows of imports that are gone are swept away.
    """

    delivery = models.OneToOneField(
        Import,
        db_column="import_id",
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name="delivery",
    )
    source = models.CharField(max_length=64)
    delivered_at = models.DateTimeField(help_text="When it was received: the date of the trend.")
    revision = models.BigIntegerField(help_text="Of the delivery, when it was counted.")
    scheme = models.CharField(max_length=255, help_text="The age groups that it was counted by.")
    is_current = models.BooleanField(default=False, help_text="The last complete delivery of its source.")
    as_of = models.DateField(help_text="The day of the ages: today's for a current one, else the delivery's.")
    refreshed_at = models.DateTimeField()
    residents = models.BigIntegerField()
    courses = models.BigIntegerField()
    buyers = models.BigIntegerField()
    drawn_at = models.BigIntegerField(help_text="The changes of its source, when the shown figures were drawn.")

    objects: ClassVar[ImportDemandQuerySet] = ImportDemandQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        verbose_name = "demand of a delivery"
        verbose_name_plural = "demand by delivery"
        permissions = [("refresh_demand", "Can have the demand counted again")]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(is_current=True), name="demand_one_current_of_source"
            )
        ]

    def __str__(self) -> str:
        return _("Demand of delivery %(number)s") % {"number": self.pk}


class Counts(models.Model):
    """The keys of a segment and what is counted in it; each count adds up over coarser groups.

    Its city is where its town is placed, which is looked up by the question: a town that moves takes its residents
    along at once.
    """

    town = models.CharField(max_length=MAX_FOLD, help_text="Folded: what all its spellings have in common.")
    age_group = models.SmallIntegerField(help_text="Its position among the age groups.")
    channel = models.CharField(max_length=MAX_FOLD, help_text="Folded.")
    gender = models.CharField(max_length=6, choices=Citizen.Gender.choices)
    residents = models.BigIntegerField()
    courses = models.BigIntegerField(help_text="Relatives and friends of these residents, summed up.")
    buyers = models.BigIntegerField(help_text="Residents with at least one relative or friend.")

    class Meta:
        abstract = True


class Perturbation(models.Model):
    """By which weights residents of a source count for those who may not see them.

    As long as nothing of the source's first delivery changed there is nothing to compare it with, and what is shown of
    it is true.
    """

    source = models.CharField(max_length=64, primary_key=True)
    secret = models.BigIntegerField(default=new_secret, editable=False)
    changes = models.BigIntegerField(default=0, help_text="How often anything was counted of it that was not before.")

    def __str__(self) -> str:
        return self.source


class Segment(OfDelivery, Counts, Shown):
    """One segment of one import."""

    at_delivery = models.BooleanField(help_text="Ages at the delivery's date; else today's, for a current one.")
    published = models.BigIntegerField(help_text="Bit k: shown to everybody in the grouping k.")
    squares = models.BigIntegerField(help_text=_SQUARES)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "at_delivery", "town", "age_group", "channel", "gender"], name="segment_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.town}, {self.channel} in delivery {self.delivery_id}"


class CurrentSegment(Counts):
    """One segment of the current picture: the last complete imports of all sources, summed up."""

    squares = models.BigIntegerField(help_text=_SQUARES)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "age_group", "channel", "gender"], name="current_segment_unique")
        ]

    def __str__(self) -> str:
        return f"{self.town}, {self.channel}"


class PublishedSegment(Counts, Shown):
    """The picture for those who may not see residents: sums of segments that are shown in the same groupings."""

    published = models.BigIntegerField(help_text="Bit k: shown to everybody in the grouping k.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["town", "age_group", "channel", "gender", "published"], name="published_segment_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.town}, {self.channel}"


class DemandSettings(models.Model):
    """The one row with what staff may change about counting; absent: the product's defaults."""

    age_bounds = ArrayField(models.PositiveSmallIntegerField(), help_text="The first age of each group, from 0.")
    small_segment = models.PositiveIntegerField(
        validators=[MinValueValidator(1)],
        help_text="Segments of fewer residents are merged for callers who may not see residents.",
    )
    alert_residents = models.PositiveIntegerField(
        "residents of an alert",
        default=100,
        validators=[MinValueValidator(1)],
        help_text="A change is an alert where both deliveries have so many residents at least.",
    )
    alert_percent = models.PositiveIntegerField(
        "change of an alert",
        default=20,
        help_text="And where courses per resident became so many per cent more or fewer at least.",
    )

    class Meta:
        verbose_name_plural = "demand settings"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="demand_settings_one_row")]

    def __str__(self) -> str:
        return _("Demand settings")
