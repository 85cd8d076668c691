"""What happens, what is sent of it, and what became of that."""

from collections.abc import Callable
from typing import Any

from standardwebhooks import Webhook

from config.common.events.models import Attempt, Event, Subscription
from config.common.events.services.record import record
from config.common.events.services.send import send_due
from tests.common.events.receivers import Message

COMPLETE = "delivery.complete"
DATA = {"import_id": 17, "source": "consulates", "residents": 1234, "errors": 0}
Subscribe = Callable[..., Subscription]


def happen(kind: str = COMPLETE) -> Event:
    return record(kind, "/imports/17", DATA)


def run() -> None:
    assert send_due(seconds=20) is False


def verified(message: Message, secret: str) -> Any:
    """What the library's own verification makes of it."""
    return Webhook(secret).verify(message.body, dict(message.headers))


def outcomes() -> list[tuple[str, int | None]]:
    return list(Attempt.objects.order_by("id").values_list("outcome", "status_code"))
