"""Writes notices as mail, in the language and the time zone of whoever gets it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from config.common.accounts.services.preferences import preferences_of
from config.common.events.kinds import JSON, Kind
from config.common.events.models import Notice


def mail(notice: Notice, kind: Kind, data: JSON) -> None:
    """Mails it. The first line of `mail/events/KIND.txt` is the subject. Raises `OSError` where no server takes it."""
    user, site = notice.subscription.user, notice.subscription.site
    chosen = preferences_of(user)
    zone = chosen.time_zone or settings.PAGES_TIME_ZONE
    with override(chosen.language or settings.LANGUAGE_CODE), timezone.override(zone):
        context = {"user": user, "event": notice.event, "data": data, "link": f"{site}{kind.href(data)}", "site": site}
        text = render_to_string(f"mail/events/{kind.name}.txt", context).strip()
    subject, _, body = text.partition("\n")
    # The same in each attempt: a mailbox that got it twice can tell.
    message_id = f"<evt.{notice.event_id}.{notice.subscription_id}@{urlsplit(site).hostname or 'localhost'}>"
    EmailMessage(" ".join(subject.split()), body.lstrip(), to=[user.email], headers={"Message-ID": message_id}).send()
