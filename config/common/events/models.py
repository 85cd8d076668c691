"""The outbox, who asked to be told, and what was sent to whom."""

from typing import ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.common.events.querysets import EventQuerySet, NoticeQuerySet, SubscriptionQuerySet


class Event(models.Model):
    """Something that happened, written in its transaction. Never changed, but for what its readers note of it; no
    personal data is in it.

    This is the outbox: notices are made of its rows, and batches for Kafka. Ids of transactions that commit later may
    be lower, so no reader keeps its place by them.
    """

    kind = models.CharField(_("kind"), max_length=64)
    about = models.CharField(_("about"), max_length=200, help_text=_("The address of what it is about, in the API."))
    data = models.JSONField(_("data"), default=dict)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True, help_text=_("When its notices were made."))
    # The number of the batch in which it left for Kafka; None: it has not.
    batch = models.BigIntegerField(null=True, blank=True, editable=False)

    objects: ClassVar[EventQuerySet] = EventQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-id",)
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["id"], name="event_untold", condition=models.Q(told_at__isnull=True)),
            models.Index(fields=["created_at"], name="event_created"),
            models.Index(fields=["id"], name="event_unrelayed", condition=models.Q(batch__isnull=True)),
            models.Index(fields=["batch"], name="event_batch", condition=models.Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class Subscription(models.Model):
    """What somebody wants to be told, and where: by mail, or at the address of a program.

    The secret signs what is sent, so it must be readable; the one before it signs too until `previous_until`.
    """

    class Channel(models.TextChoices):
        """How it is told."""

        EMAIL = "email", _("e-mail")
        WEBHOOK = "webhook", _("webhook")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    events = ArrayField(models.CharField(max_length=64), verbose_name=_("events"), default=list)
    url = models.CharField(_("address"), max_length=2000, blank=True)
    secret = models.CharField(max_length=100, blank=True, editable=False)
    previous_secret = models.CharField(max_length=100, blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, blank=True, editable=False)
    site = models.CharField(max_length=300, help_text=_("The address of the product as the owner knows it."))
    is_active = models.BooleanField(_("active"), default=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    disabled_at = models.DateTimeField(
        _("disabled at"), null=True, blank=True, help_text=_("By itself, after repeated failure.")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    objects: ClassVar[SubscriptionQuerySet] = SubscriptionQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(channel="email"), name="subscription_one_by_mail"
            ),
            models.CheckConstraint(
                condition=models.Q(channel="email", url="") | models.Q(channel="webhook", url__gt=""),
                name="subscription_has_address",
            ),
        ]

    def __str__(self) -> str:
        # A program's address may hold a secret of its receiver's.
        return urlsplit(self.url).hostname or _("mail to %(user)s") % {"user": self.user.get_username()}


class Notice(models.Model):
    """An event on its way to a subscription. `due_at` None: nothing will be sent by itself any more."""

    class Status(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="notices")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="notices")
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.WAITING)
    data = models.JSONField(null=True, blank=True, editable=False)
    attempts_made = models.PositiveIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"), null=True, blank=True, default=timezone.now)
    # From it three days are counted: its event's moment, or that of "send again".
    since = models.DateTimeField(default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]  # a manager that is its queryset

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-id",)
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["event", "subscription"], name="notice_once")]
        indexes = [models.Index(fields=["due_at"], name="notice_due", condition=models.Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.event.kind} {self.event.about}"


class Attempt(models.Model):
    """One try to send a notice, written before it. `finished_at` None: under way, or its worker was killed."""

    class Outcome(models.TextChoices):
        """How it ended. Whoever answers may write anything, so of an answer only the status is kept."""

        UNKNOWN = "unknown", _("under way, or cut off")
        OK = "ok", _("taken")
        STATUS = "status", _("refused by the receiver")
        UNREACHABLE = "unreachable", _("not reached")
        TIMEOUT = "timeout", _("no answer in time")
        ADDRESS = "address", _("the address is not allowed")
        NOT_ALLOWED = "not_allowed", _("the owner may not see it any more")
        BROKEN = "broken", _("could not be made")
        MAIL = "mail", _("refused by the mail server")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField(_("number"))
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=11, choices=Outcome.choices, default=Outcome.UNKNOWN)
    status_code = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("-id",)
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["notice", "number"], name="attempt_number_once")]

    def __str__(self) -> str:
        return f"{self.notice} {self.number}"


class Episode(models.Model):
    """A state that lasts: since when, of what exactly (`mark`), and whether it was told. See `services/episodes.py`."""

    name = models.CharField(max_length=100, primary_key=True)
    mark = models.CharField(max_length=200)
    since = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
