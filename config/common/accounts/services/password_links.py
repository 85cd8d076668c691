"""Links by mail with which people set a password themselves: an invitation, and for whoever forgot theirs.

A message names the account, never its address, and the mail is written by a worker: whoever asks for a link waits as
long where there is no such account.
"""

from collections.abc import Collection
from typing import Literal

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.formats import number_format
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import ngettext

from config.common.background.publishing import publish
from config.common.background.single import once_every

TASK = "accounts.send_password_link"
# Whoever asks for an account's link again and again fills somebody's mailbox.
PAUSE_SECONDS = 300
# Of no account: what is sent when nobody has the address.
_NOBODY = 0

Occasion = Literal["invitation", "forgotten"]

logger = structlog.get_logger(__name__)


def request_links(*, user_ids: Collection[int], site: str, occasion: Occasion) -> bool:
    """Has a worker mail each account a link to `site`, as `https://demanda.example`: whether Redis took the messages.

    Without an account a message goes all the same, so that nobody can tell by the time it takes.
    """
    return all(
        publish(TASK, kwargs={"user_id": user_id, "site": site, "occasion": occasion})
        for user_id in user_ids or [_NOBODY]
    )


def send_link(*, user_id: int, site: str, occasion: Occasion, is_retry: bool = False) -> bool:
    """Mails the link; false for an account that gets none: it is off, has no address, or was just sent one.

    Raises `OSError` when the mail server does not take it.
    """
    user = User.objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if user is None or not (is_retry or occasion == "invitation" or _is_its_turn(user)):
        return False
    context = {"user": user, "site": site, "link": f"{site}{_path(user)}", "good_for": _good_for()}
    subject = render_to_string(f"mail/{occasion}_subject.txt", context).strip()
    EmailMessage(subject, render_to_string(f"mail/{occasion}.txt", context), to=[user.email]).send()
    logger.info("password_link_sent", user_id=user.pk, occasion=occasion)
    return True


def _is_its_turn(user: User) -> bool:
    return once_every(f"password-link:{user.pk}", seconds=PAUSE_SECONDS)


def _path(user: User) -> str:
    # A token of Django's: it holds until the password or the last sign-in changes, or its time is over.
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("password-set", args=[key, default_token_generator.make_token(user)])


def _good_for() -> str:
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    days, rest = divmod(hours, 24)
    if rest:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": number_format(hours)}
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": number_format(days)}
