"""The models of changes that staff are told of."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

from analytics.models.of_delivery import OfDelivery
from analytics.querysets import AlertQuerySet


class Alert(OfDelivery):
    """A change from one delivery of a source to the next that passed the limits, once for each group."""

    before_id = models.BigIntegerField("delivery before", help_text="The delivery that it is compared with.")
    source = models.CharField(max_length=64)
    group = models.JSONField(help_text="The keys of the group, as `{“city”: “Valencia”, “country”: “ES”}`.")
    residents_before = models.BigIntegerField()
    courses_before = models.BigIntegerField()
    residents = models.BigIntegerField()
    courses = models.BigIntegerField()
    change = models.FloatField(help_text="Of courses per 100 residents.")
    change_low = models.FloatField(help_text="The lower end of its 95 % interval.")
    change_high = models.FloatField(help_text="The upper end.")
    q = models.FloatField(help_text="Of changes with a q as low as this so large a part are chance.")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects: ClassVar[AlertQuerySet] = AlertQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [models.UniqueConstraint(fields=["delivery", "before_id", "group"], name="alert_once")]

    def __str__(self) -> str:
        return _("%(group)s in delivery %(number)s") % {"group": self.called, "number": self.delivery_id}

    @property
    def called(self) -> str:
        """The group in words: `Valencia, ES`."""
        return ", ".join(value for value in self.group.values() if value is not None)


class ComparedDelivery(OfDelivery):
    """A delivery that was looked at for alerts, and in which state it and the one before it were."""

    state = models.CharField(max_length=255, help_text="The delivery before, the revisions of both, and the limits.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery"], name="compared_delivery_unique")]

    def __str__(self) -> str:
        return f"Delivery {self.delivery_id} against {self.state}"
