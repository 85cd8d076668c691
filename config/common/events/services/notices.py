"""What was sent to whom: to look at, to send again, to try out."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from config.common.background.publishing import enqueue
from config.common.events.models import Event, Notice, Subscription
from config.common.events.services.record import SEND
from config.common.events.services.subscriptions import CHANGE_ALL, find_webhook
from config.common.problems import Conflict, Forbidden, NotFound
from config.common.texts import gettext as _

TEST = "webhook.test"


def notices_of(*, pk: int, actor: User) -> QuerySet[Notice]:
    """What was sent to a webhook, the latest first, with its attempts. Raises `NotFound`."""
    found = find_webhook(pk=pk, actor=actor)
    return Notice.objects.filter(subscription=found).select_related("event").prefetch_related("attempts")


@transaction.atomic
def send_test(*, pk: int, actor: User) -> Notice:
    """Sends an event to this webhook alone. Raises `NotFound`, `Conflict` for one that is switched off, `Forbidden`."""
    found = find_webhook(pk=pk, actor=actor)
    _expect_active(found)
    _expect_own(found, actor)
    now = timezone.now()
    event = Event.objects.create(kind=TEST, about=f"/webhooks/{pk}", data={"webhook_id": pk}, told_at=now)
    made = Notice.objects.create(event=event, subscription=found, due_at=now)
    enqueue(SEND)
    return made


@transaction.atomic
def send_again(*, notice_id: int, actor: User, webhook_id: int | None = None) -> Notice:
    """Sends a notice once more, whatever became of it, and tries for three days again.

    Raises `NotFound`, also where it is not one of `webhook_id`, `Conflict` where its subscription is switched off, and
    `Forbidden`.
    """
    visible = Subscription.objects.visible_to(actor)
    asked = {} if webhook_id is None else {"subscription": webhook_id}
    found = Notice.objects.filter(pk=notice_id, subscription__in=visible, **asked).first()
    held = None
    if found is not None:
        # In the order of `settle`.
        held = Subscription.objects.select_for_update().filter(pk=found.subscription_id).first()
    if found is None or held is None:
        raise NotFound(_("There is no such delivery."))
    _expect_active(held)
    _expect_own(held, actor)
    now = timezone.now()
    Notice.objects.filter(pk=found.pk).update(status=Notice.Status.WAITING, due_at=now, since=now)
    enqueue(SEND)
    found.refresh_from_db()
    return found


def _expect_own(held: Subscription, actor: User) -> None:
    if held.user_id != actor.pk and not actor.has_perm(CHANGE_ALL):
        raise Forbidden(_("Your role does not allow this."))


def _expect_active(held: Subscription) -> None:
    if not held.is_active:
        raise Conflict(_("It is switched off. Switch it on first."))
