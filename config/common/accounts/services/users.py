"""Switches people off."""

import structlog
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

logger = structlog.get_logger(__name__)


@transaction.atomic
def deactivate_users(*, users: QuerySet[User], actor: User) -> int:
    """How many were switched off: their sessions and tokens open nothing from now on. The actor is left alone."""
    chosen = User.objects.filter(pk__in=[user.pk for user in users], is_active=True).exclude(pk=actor.pk)
    gone = list(chosen.select_for_update().order_by("pk").values_list("pk", flat=True))
    User.objects.filter(pk__in=gone).update(is_active=False)
    for pk in gone:
        logger.warning("user_deactivated", user_id=pk, by=actor.pk)
    return len(gone)
