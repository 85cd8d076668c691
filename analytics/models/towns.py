"""The models of how towns and channels are spelled, and where the towns are."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext as _

from analytics.models.of_delivery import OfDelivery
from analytics.querysets import SpellingQuerySet, TownAliasQuerySet, TownPlaceQuerySet
from config.common.spellings import MAX_FOLD


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


class DeliverySpelling(OfDelivery):
    """How many residents of one delivery have a spelling: what the sums over all are kept by."""

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


class CountedAlias(models.Model):
    """An alias of a channel, by which it was counted who is related to whom: a refresh follows what staff say."""

    fold = models.CharField(max_length=MAX_FOLD, primary_key=True)
    channel = models.CharField(max_length=MAX_FOLD, help_text="Folded.")

    def __str__(self) -> str:
        return self.fold


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
        return f"{self.town}: {self.city or _('not placed')}"

    @property
    def alternatives(self) -> list[dict[str, Any]]:
        """Those of the suggestions, the likeliest first, that the name may mean as well as the city it is placed at."""
        if not any(one.get("alternative") for one in self.suggestions):
            return []
        likely = (one for one in self.suggestions if one.get("alternative") or one is self.suggestions[0])
        return [one for one in likely if one["geoname_id"] != self.geoname_id]


# All that is known of a town but its fold.
FOUND = [field.name for field in TownPlace._meta.concrete_fields if not field.primary_key]
