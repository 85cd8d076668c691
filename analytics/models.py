"""What was counted of the deliveries, and where on the map their towns are."""

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MinValueValidator
from django.db import models

from analytics.folding import MAX_FOLD
from analytics.querysets import ImportDemandQuerySet, SpellingQuerySet, TownAliasQuerySet, TownPlaceQuerySet
from imports.models import Citizen, Import

_SQUARES = "The squares of these residents' courses, summed up: how much they vary."


def _secret() -> int:
    return secrets.randbits(63)


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
        return f"Demand of delivery {self.pk}"


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
    secret = models.BigIntegerField(default=_secret, editable=False)
    changes = models.BigIntegerField(default=0, help_text="How often anything was counted of it that was not before.")

    def __str__(self) -> str:
        return self.source


class Segment(Counts, Shown):
    """One segment of one import."""

    delivery = models.ForeignKey(
        Import,
        db_column="import_id",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name="delivery",
    )
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


class Ties(models.Model):
    """Sums over ordered pairs of related residents, by what both have in common: `analytics.ties`.

    Each is of the first one's keys; a key is empty, an age group -1, where the row is for all its values.
    """

    agrees = models.SmallIntegerField(help_text="The keys that both have in common, or that the first one has.")
    town = models.CharField(max_length=MAX_FOLD, blank=True, help_text="Folded.")
    age_group = models.SmallIntegerField(help_text="Its position among the age groups.")
    channel = models.CharField(max_length=MAX_FOLD, blank=True, help_text="Folded.")
    gender = models.CharField(max_length=6, blank=True, choices=Citizen.Gender.choices)
    pairs = models.BigIntegerField()
    courses = models.BigIntegerField(help_text="Of the first of each pair.")
    others = models.BigIntegerField(help_text="Courses of the second.")
    products = models.BigIntegerField(help_text="Of the courses of both.")

    class Meta:
        abstract = True


class SegmentTie(Ties):
    """Related residents of one import."""

    delivery = models.ForeignKey(
        Import,
        db_column="import_id",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name="delivery",
    )
    at_delivery = models.BooleanField(help_text="Ages at the delivery's date; else today's, for a current one.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "at_delivery", "agrees", "town", "age_group", "channel", "gender"],
                name="segment_tie_unique",
            )
        ]

    def __str__(self) -> str:
        return f"Ties of {self.town or 'everywhere'} in delivery {self.delivery_id}"


class CurrentTie(Ties):
    """Related residents of the current picture: the sums over the last complete imports of all sources."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agrees", "town", "age_group", "channel", "gender"], name="current_tie_unique"
            )
        ]

    def __str__(self) -> str:
        return f"Ties of {self.town or 'everywhere'}"


class Spelling(models.Model):
    """A spelling of a town or a channel, and how many residents have it: the one that most have is shown."""

    class Kind(models.TextChoices):
        """What is spelled so."""

        TOWN = "town", "town"
        CHANNEL = "channel", "channel"

    kind = models.CharField(max_length=7, choices=Kind.choices)
    fold = models.CharField(max_length=MAX_FOLD, help_text="What all spellings of it have in common.")
    spelling = models.CharField(max_length=256, help_text="As deliveries write it.")
    residents = models.BigIntegerField(help_text="In the current picture.")
    delivered = models.BigIntegerField(help_text="In all deliveries.")

    objects: ClassVar[SpellingQuerySet] = SpellingQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "fold", "spelling"], name="spelling_unique")]

    def __str__(self) -> str:
        return self.spelling


class DeliverySpelling(models.Model):
    """How many residents of one delivery have a spelling: what the sums over all are kept by."""

    delivery = models.ForeignKey(
        Import,
        db_column="import_id",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name="delivery",
    )
    kind = models.CharField(max_length=7, choices=Spelling.Kind.choices)
    fold = models.CharField(max_length=MAX_FOLD)
    spelling = models.CharField(max_length=256)
    residents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "kind", "spelling"], name="delivery_spelling_unique")
        ]

    def __str__(self) -> str:
        return f"{self.spelling} in delivery {self.delivery_id}"


class PublishedPlace(models.Model):
    """The city of a town, for those who may not see residents: what they may see was decided with it.

    Each town of the deliveries has a row. When the town is placed elsewhere, a refresh decides anew and follows.
    """

    town = models.CharField(max_length=MAX_FOLD, primary_key=True, help_text="Folded.")
    city = models.CharField(max_length=256, blank=True, help_text="Empty for a town that is not placed.")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2.")

    def __str__(self) -> str:
        return self.town


class TownAlias(models.Model):
    """What staff said a town of the deliveries is, in all its spellings: above everything found out by its name."""

    town = models.CharField(max_length=MAX_FOLD, unique=True, help_text="As deliveries write it, in any spelling.")
    name = models.CharField("town", max_length=256, help_text="As it was written; `town` is its fold.")
    geoname_id = models.BigIntegerField("GeoNames id", help_text="The city that it is.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    before = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        encoder=DjangoJSONEncoder,
        help_text="The town's place without the alias.",
    )

    objects: ClassVar[TownAliasQuerySet] = TownAliasQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        ordering = ("town",)
        verbose_name_plural = "town aliases"

    def __str__(self) -> str:
        return self.name


class TownPlace(models.Model):
    """Where a town of the deliveries is, and how that was found out; no coordinates where it was not."""

    class Method(models.TextChoices):
        """How a town was placed."""

        ALIAS = "alias", "staff's alias"
        AIRPORT_CITY = "airport_city", "name of an airport's city"
        NAME = "name", "name of a city"
        ALTERNATE_NAME = "alternate_name", "another name of a city"
        SPELLING = "spelling", "another spelling of a city's name"
        UNPLACED = "unplaced", "not placed"

    town = models.CharField(max_length=MAX_FOLD, primary_key=True, help_text="Folded.")
    method = models.CharField(max_length=16, choices=Method.choices)
    city = models.CharField(max_length=256, blank=True, help_text="The city's own name.")
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2.")
    geoname_id = models.BigIntegerField("GeoNames id", null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees, WGS 84.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees, WGS 84.")
    time_zone = models.CharField(max_length=64, blank=True, help_text="Its Olson name.")
    airport_id = models.BigIntegerField(null=True, blank=True, help_text="The nearest live airport.")
    airport_distance = models.FloatField(null=True, blank=True, help_text="Metres to it.")
    suggestions = models.JSONField(
        default=list,
        blank=True,
        help_text="The cities that it may be, the likeliest first: what staff may choose from.",
    )
    placed_at = models.DateTimeField(db_index=True)

    objects: ClassVar[TownPlaceQuerySet] = TownPlaceQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        ordering = ("town",)

    def __str__(self) -> str:
        return f"{self.town}: {self.city or 'not placed'}"

    @property
    def alternatives(self) -> list[dict[str, Any]]:
        """Those of the suggestions, the likeliest first, that the name may mean as well as the city it is placed at."""
        if not any(one.get("alternative") for one in self.suggestions):
            return []
        likely = (one for one in self.suggestions if one.get("alternative") or one is self.suggestions[0])
        return [one for one in likely if one["geoname_id"] != self.geoname_id]


class DemandSettings(models.Model):
    """The one row with what staff may change about counting; absent: the product's defaults."""

    age_bounds = ArrayField(models.PositiveSmallIntegerField(), help_text="The first age of each group, from 0.")
    small_segment = models.PositiveIntegerField(
        validators=[MinValueValidator(1)],
        help_text="Segments of fewer residents are merged for callers who may not see residents.",
    )

    class Meta:
        verbose_name_plural = "demand settings"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="demand_settings_one_row")]

    def __str__(self) -> str:
        return "Demand settings"
