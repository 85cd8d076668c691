"""How far each partition is read, what was read of it before, and the messages that were not taken."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.common.kafka.messages import Reason
from config.common.kafka.querysets import DeadLetterQuerySet


class Position(models.Model):
    """How far a partition is read. It moves in the transactions that store what was read.

    Whoever reads the partition has the `fence`; who takes it over raises it, and nobody writes with a lower one.
    """

    topic = models.CharField(_("topic"), max_length=249)
    partition = models.PositiveIntegerField(_("partition"))
    next_offset = models.BigIntegerField(
        _("next"), null=True, blank=True, help_text=_("The offset that is read next; none before the first.")
    )
    end_offset = models.BigIntegerField(
        _("end"), null=True, blank=True, help_text=_("Of the partition, when last seen.")
    )
    fence = models.BigIntegerField(_("fence"), default=1, help_text=_("Grows with each process that takes it over."))
    holder = models.CharField(_("holder"), max_length=200, blank=True, help_text=_("The process that reads it."))
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now, help_text=_("When its reader last lived."))
    stored = models.BigIntegerField(_("stored"), default=0)
    repeated = models.BigIntegerField(_("repeated"), default=0, help_text=_("Messages that had come before."))
    ignored = models.BigIntegerField(
        _("ignored"), default=0, help_text=_("Messages of what nobody waits for any more.")
    )
    refused = models.BigIntegerField(_("refused"), default=0, help_text=_("Messages that became dead letters."))
    lost = models.BigIntegerField(
        _("lost"), default=0, help_text=_("How often messages were gone before they were read.")
    )

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ("topic", "partition")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["topic", "partition"], name="position_of_partition")]

    def __str__(self) -> str:
        return gettext("Partition %(partition)s of %(topic)s") % {"partition": self.partition, "topic": self.topic}

    @property
    def lag(self) -> int | None:
        """How many offsets are left to be read, when its reader last looked; None where it never did."""
        if self.end_offset is None:
            return None
        return max(0, self.end_offset - (self.next_offset or 0))


class SeenMessage(models.Model):
    """A message whose producer gave it an id, so that it is taken once, however often it comes."""

    topic = models.CharField(max_length=249)
    message_id = models.CharField(max_length=200)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["topic", "message_id"], name="seen_message_once")]
        indexes = [models.Index(fields=["seen_at"], name="seen_message_at")]

    def __str__(self) -> str:
        return f"{self.topic} {self.message_id}"


class DeadLetter(models.Model):
    """A message that was not taken, as it came, and why. Its value may be personal: no page shows it."""

    class Why(models.TextChoices):
        """Says the reason in words."""

        KEY = Reason.KEY.value, _("its key is not as it has to be")
        HEADER = Reason.HEADER.value, _("its headers are not as they have to be")
        TOO_LARGE = Reason.TOO_LARGE.value, _("it is too large")
        INVALID = Reason.INVALID.value, _("its value is not valid")
        UNKNOWN_SOURCE = Reason.UNKNOWN_SOURCE.value, _("nobody has added its source")
        REFUSED = Reason.REFUSED.value, _("what it asks for cannot be done")
        FAILED = Reason.FAILED.value, _("it could not be worked on")

    topic = models.CharField(_("topic"), max_length=249)
    partition = models.PositiveIntegerField(_("partition"))
    offset = models.BigIntegerField(_("offset"))
    reason = models.CharField(_("reason"), max_length=16, choices=Why.choices)
    detail = models.CharField(_("detail"), max_length=500, blank=True, help_text=_("Fields and codes."))
    key = models.BinaryField(null=True, editable=False)
    value = models.BinaryField(null=True, editable=False)
    # Pairs of a name and a value in Base64, null for none: a name may be there twice.
    headers = models.JSONField(default=list, editable=False)
    size = models.PositiveIntegerField(_("bytes"), default=0, help_text=_("Of its value."))
    created_at = models.DateTimeField(_("came at"), default=timezone.now)
    sent_at = models.DateTimeField(_("in its topic since"), null=True, blank=True)
    put_back_at = models.DateTimeField(_("put back at"), null=True, blank=True)
    put_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("put back by"),
    )

    objects: ClassVar[DeadLetterQuerySet] = DeadLetterQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")
        ordering = ("-id",)
        default_permissions = ("view", "change")
        constraints = [models.UniqueConstraint(fields=["topic", "partition", "offset"], name="dead_letter_once")]
        indexes = [
            models.Index(fields=["id"], name="dead_letter_unsent", condition=models.Q(sent_at=None)),
            models.Index(fields=["topic", "key"], name="dead_letter_of_key"),
        ]

    def __str__(self) -> str:
        where = {"offset": self.offset, "partition": self.partition, "topic": self.topic}
        return gettext("Message %(offset)s of partition %(partition)s, %(topic)s") % where
