"""What people do with their subscriptions: ask for events by mail and by webhook, and take it back."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from config.common.changes.services.record import Action, record_change
from config.common.events.addresses import AddressRefused, target_of
from config.common.events.kinds import kinds_for
from config.common.events.models import Subscription
from config.common.events.services.settle import end_waiting
from config.common.events.services.signing import BOTH_FOR, new_secret
from config.common.problems import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from config.common.texts import gettext as _

MOST_WEBHOOKS = 20
CHANGE_ALL = "events.change_subscription"
DELETE_ALL = "events.delete_subscription"
Channel = Subscription.Channel
# That there is another one is all that the change log says.
_UNSAID = "…"


def find_webhook(*, pk: int, actor: User) -> Subscription:
    """The actor's own, or anybody's for who may see all. Raises `NotFound`."""
    found = Subscription.objects.webhooks().visible_to(actor).select_related("user").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such webhook."))
    return found


@transaction.atomic
def create_webhook(*, url: str, events: Sequence[str], is_active: bool = True, site: str, actor: User) -> Subscription:
    """A new one of the actor's, with a secret. Raises `InvalidInput`, and `Conflict` where there are too many.

    `site` is the address of the product as the actor knows it, for the links in mails.
    """
    _check(actor, url=url, events=events)
    # Whoever counts them waits for whoever adds one.
    User.objects.select_for_update().get(pk=actor.pk)
    if Subscription.objects.webhooks().filter(user=actor).count() >= MOST_WEBHOOKS:
        raise Conflict(_("There are %(most)s webhooks. Delete one first.") % {"most": MOST_WEBHOOKS})
    made = Subscription.objects.create(
        user=actor,
        channel=Channel.WEBHOOK,
        url=url,
        events=_sorted(events),
        is_active=is_active,
        secret=new_secret(),
        site=site,
    )
    record_change(made, Action.CREATED, actor=actor, after=_values_of(made))
    return made


@transaction.atomic
def change_webhook(*, pk: int, values: Mapping[str, Any], actor: User) -> Subscription:
    """Gives it the new `values`: `url`, `events`, `is_active`. One that was disabled and is switched on begins afresh.

    Raises `NotFound`, `InvalidInput`, and `Forbidden` for another's, which who may change all may only switch off.
    """
    row = _held(pk, actor)
    if row.user_id != actor.pk and not (values == {"is_active": False} and actor.has_perm(CHANGE_ALL)):
        raise Forbidden(_("Only its owner changes a webhook."))
    _check(actor, kept=row.events, **{name: values[name] for name in ("url", "events") if name in values})
    before = _values_of(row)
    row.url, row.events = values.get("url", row.url), _sorted(values.get("events", row.events))
    row.is_active = values.get("is_active", row.is_active)
    if row.is_active and not before["is_active"]:
        row.failing_since = row.disabled_at = None
    row.save(update_fields=["url", "events", "is_active", "failing_since", "disabled_at"])
    if not row.is_active:
        end_waiting(row)
    record_change(row, Action.CHANGED, actor=actor, before=before, after=_values_of(row))
    return row


@transaction.atomic
def rotate_secret(*, pk: int, actor: User) -> Subscription:
    """Gives it another secret; the former one signs too for a day. Raises `NotFound`, `Forbidden`."""
    row = _held(pk, actor)
    if row.user_id != actor.pk:
        raise Forbidden(_("Only its owner changes a webhook."))
    row.previous_secret, row.previous_until = row.secret, timezone.now() + BOTH_FOR
    row.secret = new_secret()
    row.save(update_fields=["secret", "previous_secret", "previous_until"])
    record_change(row, Action.CHANGED, actor=actor, after={"secret": _UNSAID})
    return row


@transaction.atomic
def delete_webhook(*, pk: int, actor: User) -> None:
    """Deletes it with all that was sent to it. Raises `NotFound`, and `Forbidden` for another's."""
    row = _held(pk, actor)
    if row.user_id != actor.pk and not actor.has_perm(DELETE_ALL):
        raise Forbidden(_("Only its owner changes a webhook."))
    record_change(row, Action.DELETED, actor=actor, before=_values_of(row))
    row.delete()


def mailed_events(user: User) -> list[str]:
    """What `user` is told by mail."""
    found = Subscription.objects.filter(user=user, channel=Channel.EMAIL).first()
    return found.events if found else []


@transaction.atomic
def set_mail(*, events: Sequence[str], site: str, actor: User) -> None:
    """Has the actor told of these by mail, and of no others. Raises `InvalidInput`."""
    row = Subscription.objects.select_for_update().filter(user=actor, channel=Channel.EMAIL).first()
    _check(actor, events=events, kept=row.events if row else ())
    before = _values_of(row) if row else {}
    row = row or Subscription(user=actor, channel=Channel.EMAIL)
    row.events, row.site, row.is_active = _sorted(events), site, True
    row.save()
    record_change(row, Action.CHANGED, actor=actor, before=before, after=_values_of(row))


def _held(pk: int, actor: User) -> Subscription:
    find_webhook(pk=pk, actor=actor)
    row = Subscription.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound(_("There is no such webhook."))
    return row


def _sorted(events: Sequence[str]) -> list[str]:
    return sorted(set(events))


def _values_of(row: Subscription) -> dict[str, Any]:
    """What the change log compares; no secret, and of the address what `str` says of it."""
    return {"to": str(row), "events": ", ".join(row.events), "is_active": row.is_active}


def _check(actor: User, *, url: str | None = None, events: Sequence[str] = (), kept: Collection[str] = ()) -> None:
    """`kept`: what it was asked for before, which a role that became smaller takes away when it is sent."""
    errors = []
    if url is not None and not _is_allowed(url):
        detail = _("An https address of a public host is expected, without user, password and fragment.")
        errors.append(FieldError("/url", "invalid_address", detail))
    known = {kind.name for kind in kinds_for(actor)} | set(kept)
    detail = _("There is no such event, or your role may not see it.")
    errors += [
        FieldError(f"/events/{number}", "unknown_event", detail)
        for number, event in enumerate(events)
        if event not in known
    ]
    if errors:
        raise InvalidInput(_("The webhook is not valid. Nothing was stored."), errors=errors)


def _is_allowed(url: str) -> bool:
    try:
        target_of(url, may_be_private=settings.WEBHOOKS_MAY_BE_PRIVATE)
    except AddressRefused:
        return False
    return True
