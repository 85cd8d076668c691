"""The models of budgets: what advertising costs, and plans that somebody kept."""

from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from analytics.querysets import PlanQuerySet
from config.common.spellings import MAX_FOLD

# Of money, in whatever currency the reader thinks; costs are of 1,000 residents who are reached.
MOST_MONEY = 1_000_000_000_000
# Of what is not free.
LEAST_COST = 0.0001
LONGEST_NAME = 80
EVERY_OTHER = "*"


class ChannelCost(models.Model):
    """What it costs to reach 1,000 residents through a channel; `*` holds for every channel without a row."""

    channel = models.CharField(max_length=64, help_text="By any of its names, or * for all others.")
    fold = models.CharField(max_length=MAX_FOLD, unique=True, editable=False)
    cost_per_thousand = models.DecimalField(
        "cost of 1,000 residents",
        max_digits=17,
        decimal_places=4,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_MONEY)],
        help_text="Of 1,000 residents who are reached; 0 is free.",
    )

    class Meta:
        verbose_name = "cost of a channel"
        verbose_name_plural = "costs of channels"
        ordering = ("fold",)

    def __str__(self) -> str:
        return self.channel


class Plan(models.Model):
    """A plan of a budget as it was answered when its owner kept it.

    `body` is what was asked, with the costs that held. Whoever may not see residents reads `published`, the answer that
    was made of published figures at the same moment.
    """

    name = models.CharField(max_length=LONGEST_NAME)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plans")
    is_shared = models.BooleanField("shared with others", default=False)
    body = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    answer = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    published = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    kept_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[PlanQuerySet] = PlanQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        ordering = ("-kept_at", "-id")
        permissions = [("delete_shared_plan", "Can delete the plans that others share")]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="plan_name_unique")]

    def __str__(self) -> str:
        return self.name
