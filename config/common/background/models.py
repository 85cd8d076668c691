"""What keeps workers from doing the same at once, or too often; and what runs when."""

from django.db import models
from django.utils.translation import gettext as _
from django_celery_beat.models import PeriodicTask


class Lease(models.Model):
    """Who works on what until when; see `config.common.background.leases`. Written there alone, in SQL."""

    name = models.CharField(max_length=200, primary_key=True)
    fence = models.BigIntegerField(help_text="From a sequence: grows with each holder.")
    holder = models.CharField(max_length=200)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return _("%(name)s held by %(holder)s") % {"name": self.name, "holder": self.holder}


class Turn(models.Model):
    """When something may happen again; see `config.common.background.single.once_every`."""

    name = models.CharField(max_length=200, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.due_at}"


class Schedule(PeriodicTask):  # type: ignore[misc]  # django-celery-beat has no types
    """What runs when: a row of django-celery-beat's, which beat reads, under the name that people know."""

    class Meta:
        proxy = True
        ordering = ("name",)

    def __str__(self) -> str:
        # The product's own have names that are translated; what staff call one stays as it is.
        return _(self.name)
