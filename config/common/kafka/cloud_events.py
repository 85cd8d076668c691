"""Events as CloudEvents 1.0 in JSON, structured mode: https://github.com/cloudevents/spec."""

from dataclasses import dataclass

import msgspec
from django.conf import settings

from config.common.events.kinds import kind_named
from config.common.events.models import Event

CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message: of one key all are in one partition, in the order in which they happened."""

    key: bytes
    value: bytes


def letter_of(event: Event) -> Letter:
    """Its id and its source together are its own; whoever got it twice can tell by them."""
    kind = kind_named(event.kind)
    told = {
        "specversion": "1.0",
        "id": str(event.pk),
        "source": f"/{settings.KAFKA_PREFIX.strip('.')}",
        "type": kind.published_as if kind else event.kind,
        "subject": event.about,
        "time": event.created_at,
        "datacontenttype": "application/json",
        "data": event.data,
    }
    return Letter(event.about.encode(), msgspec.json.encode(told))
