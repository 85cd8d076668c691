"""The models of what was counted of pairs of related residents."""

from django.db import models

from analytics.models.of_delivery import OfDelivery
from config.common.spellings import MAX_FOLD
from imports.models import Citizen


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


class SegmentTie(OfDelivery, Ties):
    """Related residents of one import."""

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
