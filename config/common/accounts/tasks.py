"""The mail of a link to set a password; what is cleared away of sign-ins and tokens."""

from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from config.common.accounts.models import ApiToken
from config.common.accounts.services.password_links import TASK, Occasion, send_link
from config.common.background.policy import BackgroundTask, background_task
from config.common.background.services.clear_expired import clears


@background_task(TASK, queue="urgent")
def send_password_link(
    self: BackgroundTask, *, user_id: int, site: str, occasion: Occasion, language: str | None = None, **kwargs: Any
) -> None:
    """Mails a link; a mail server that is away is tried again."""
    retried = self.request.retries > 0
    send_link(user_id=user_id, site=site, occasion=occasion, language=language, is_retry=retried)


@clears("sessions")
def expired_sessions(now: datetime) -> QuerySet[Any]:
    """Finds the sessions that have run out."""
    return Session.objects.filter(expire_date__lte=now)


@clears("tokens")
def expired_tokens(now: datetime) -> QuerySet[Any]:
    """Finds the tokens that have run out."""
    return ApiToken.objects.expired(now=now)


@clears("sign_ins")
def old_sign_ins(now: datetime) -> QuerySet[Any]:
    """Finds the sign-ins that are older than they are kept."""
    rows: QuerySet[Any] = AccessLog.objects.filter(attempt_time__lt=now - timedelta(days=settings.SIGN_INS_KEPT_DAYS))
    return rows


@clears("failed_sign_ins")
def old_failures(now: datetime) -> QuerySet[Any]:
    """Finds the failures that lock nobody out any more."""
    rows: QuerySet[Any] = AccessAttempt.objects.filter(
        attempt_time__lt=now - timedelta(hours=settings.AXES_COOLOFF_TIME)
    )
    return rows
