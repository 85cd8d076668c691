"""What advertising costs by channel: what staff set, and which channel a name of it means."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db import transaction

from analytics.models import ChannelCost
from analytics.models.plans import EVERY_OTHER, MOST_MONEY
from analytics.services.asking.channels import Channels
from config.common.changes.services.record import Action, record_change
from config.common.problems import FieldError, InvalidInput, NotFound
from config.common.spellings import fold
from config.common.texts import gettext as _
from imports.fields import MAX_CHANNEL

logger = structlog.get_logger(__name__)


def costs_that_are_set() -> dict[str, float]:
    """Gives what staff set: the cost of 1,000 residents by the name of a channel, `*` for all others."""
    return {row.channel: float(row.cost_per_thousand) for row in ChannelCost.objects.all()}


def costs_by_fold(costs: Mapping[str, float], channels: Channels) -> dict[str, float]:
    """Gives them by the folds of the channels that are meant; of two names of one channel the first one's."""
    found: dict[str, float] = {}
    for name, cost in costs.items():
        found.setdefault(fold_of(name, channels), cost)
    return found


def fold_of(name: str, channels: Channels) -> str:
    """Gives the fold of the channel that `name` means; of `*` itself."""
    return name if name == EVERY_OTHER else channels.folds([name])[0]


def set_cost(*, channel: str, cost: Decimal, actor: User) -> ChannelCost:
    """Stores what 1,000 residents cost through the channel, in the place of what was set. Raises `InvalidInput`."""
    name = named(channel)
    if not (cost.is_finite() and 0 <= cost <= MOST_MONEY):
        told = _("A cost is 0 to %(most)s.") % {"most": str(MOST_MONEY)}
        raise InvalidInput(told, errors=[FieldError("/cost_per_thousand", "invalid", told)])
    with transaction.atomic():
        stored = ChannelCost.objects.select_for_update().filter(fold=fold(name)).first()
        before = values_of(stored)
        row, is_new = ChannelCost.objects.update_or_create(
            fold=fold(name), defaults={"channel": name, "cost_per_thousand": cost}
        )
        row.refresh_from_db()
        action = Action.CREATED if is_new else Action.CHANGED
        record_change(row, action, actor=actor, before=before, after=values_of(row))
    logger.info("channel_cost_changed", user_id=actor.pk, cost_id=row.pk)
    return row


def named(channel: str) -> str:
    """Cleans the name of a channel. Raises `InvalidInput` for what is none."""
    name = " ".join(channel.replace("\0", "").split())
    if not 0 < len(name) <= MAX_CHANNEL or not fold(name):
        told = _("1 to %(most)s characters are a name.") % {"most": str(MAX_CHANNEL)}
        raise InvalidInput(told, errors=[FieldError("/channel", "invalid", told)])
    return name


def remove_cost(*, cost_id: int, actor: User) -> None:
    """Takes it off: what is said of all others holds for the channel again. Raises `NotFound`."""
    with transaction.atomic():
        row = ChannelCost.objects.select_for_update().filter(pk=cost_id).first()
        if row is None:
            raise NotFound(_("There is no such cost."))
        record_change(row, Action.DELETED, actor=actor, before=values_of(row))
        row.delete()
    logger.info("channel_cost_removed", user_id=actor.pk, cost_id=cost_id)


def values_of(row: ChannelCost | None) -> dict[str, Any]:
    """What the change log compares."""
    return {} if row is None else {"channel": row.channel, "cost_per_thousand": str(row.cost_per_thousand)}
