"""Signs what is sent to programs, after the Standard Webhooks specification."""

import base64
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

from config.common.events.models import Notice, Subscription

# For so long the former secret signs too, so that the receiver may change it at leisure.
BOTH_FOR = timedelta(days=1)
_BYTES = 32


def new_secret() -> str:
    """Makes a secret as the specification writes it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(_BYTES)).decode()}"


def body_of(notice: Notice, data: dict[str, Any]) -> str:
    """The body: what happened, when, and what is said of it. The same in every attempt."""
    event = notice.event
    at = event.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps({"type": event.kind, "timestamp": at, "data": {"about": event.about, **data}})


def signed_headers(notice: Notice, body: str, *, now: datetime) -> dict[str, str]:
    """The headers of one attempt; `webhook-id` is the event's in all of them."""
    message = f"evt_{notice.event_id}"
    signatures = [Webhook(secret).sign(message, now, body) for secret in _secrets(notice.subscription, now)]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Demanda",
        "webhook-id": message,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _secrets(subscription: Subscription, now: datetime) -> list[str]:
    until = subscription.previous_until
    former = [subscription.previous_secret] if until is not None and now < until else []
    return [subscription.secret, *former]
