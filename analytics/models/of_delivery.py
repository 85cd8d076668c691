"""The models of what belongs to one delivery and goes with it."""

from django.db import models

from imports.models import Import


class OfDelivery(models.Model):
    """Rows of one delivery, which no foreign key keeps: `ImportDemand` says why."""

    delivery = models.ForeignKey(
        Import,
        db_column="import_id",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name="delivery",
    )

    class Meta:
        abstract = True
