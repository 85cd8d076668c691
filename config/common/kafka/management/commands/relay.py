"""`manage.py relay`: sends events to Kafka until it is told to end."""

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.common.kafka.clients import is_on
from config.common.kafka.services.relay import relay
from config.common.observe.metrics.server import serve


class Command(BaseCommand):
    """Ends after the batch that it has in hand. A second one waits until the first has gone."""

    help = "Send events to Kafka, until SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_on():
            raise CommandError("KAFKA_BOOTSTRAP_SERVERS is not set.")
        is_over = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: is_over.set())
        serve()
        relay(wait=is_over.wait)
