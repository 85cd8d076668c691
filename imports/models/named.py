"""What deliveries name: their suppliers, and the advertising channels that reach residents."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from config.common.spellings import MAX_FOLD
from imports.querysets import NamedQuerySet, SourceSpellingQuerySet

MAX_NAME = 64


class Named(models.Model):
    """A thing, or an alias of one: another name, whose fold no other thing has. An alias is of no alias."""

    name = models.CharField(max_length=MAX_NAME)
    fold = models.CharField(max_length=MAX_FOLD, unique=True, editable=False, help_text="Of the name.")
    alias_of = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.CASCADE, related_name="aliases"
    )
    version = models.PositiveBigIntegerField(default=1, editable=False, help_text="Grows with each change.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # Of each model its own.
    objects: ClassVar[NamedQuerySet[Self]]
    alias_of_id: int | None
    aliases: models.Manager[Self]

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=~Q(alias_of=F("id")), name="%(class)s_is_not_its_own_alias")]

    def __str__(self) -> str:
        return self.name


class Source(Named):
    """A supplier. As an alias of another it keeps all that is known of it, for when it is none any more."""

    contact = models.CharField(max_length=256, blank=True, help_text="Whom to ask about its deliveries.")
    sends = models.CharField(max_length=256, blank=True, help_text="What it usually sends, and when.")
    uploaders = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name="who may load",
        help_text="Who may load its deliveries, beside Managers. Nobody: everybody who may load any.",
    )
    first_name = models.CharField(
        max_length=MAX_NAME, editable=False, help_text="What it was named first: it stays, whatever it is called now."
    )

    objects: ClassVar[NamedQuerySet["Source"]] = NamedQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset


class SourceSpelling(models.Model):
    """How deliveries write the name of a source: the row whose fold it has, a source or an alias."""

    spelling = models.CharField(max_length=MAX_NAME, primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="spellings")

    objects: ClassVar[SourceSpellingQuerySet] = SourceSpellingQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    def __str__(self) -> str:
        return self.spelling


class Channel(Named):
    """An advertising channel that staff know by name. Of others there are only the names that deliveries write."""

    objects: ClassVar[NamedQuerySet["Channel"]] = NamedQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset
