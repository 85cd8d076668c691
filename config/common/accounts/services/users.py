"""Switches people off."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from config.common.changes.services.record import Action, record_change

logger = structlog.get_logger(__name__)


@transaction.atomic
def deactivate_users(*, users: QuerySet[User], actor: User) -> int:
    """How many were switched off: their sessions and tokens open nothing from now on. The actor is left alone."""
    chosen = User.objects.filter(pk__in=[user.pk for user in users], is_active=True).exclude(pk=actor.pk)
    gone = list(chosen.select_for_update().order_by("pk"))
    User.objects.filter(pk__in=[user.pk for user in gone]).update(is_active=False)
    for user in gone:
        record_user_change(user, Action.CHANGED, actor=actor, before={"is_active": True}, after={"is_active": False})
        logger.warning("user_deactivated", user_id=user.pk, by=actor.pk)
    return len(gone)


def record_user_change(
    user: User,
    action: Action,
    *,
    actor: User | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """As `record_change`: what is done to superusers is for superusers to see, as they are."""
    record_change(user, action, actor=actor, before=before, after=after, is_restricted=user.is_superuser)
