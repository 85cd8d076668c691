"""`manage.py consume`: reads the topics until it is stopped."""

import gc
import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.common.kafka.clients import is_on
from config.common.kafka.services.read_topics import read_topics
from config.common.observe.metrics.server import serve

_COLLECT_AFTER = 100_000


class Command(BaseCommand):
    """As many may run as there are partitions. SIGTERM and SIGINT end it after the batch that it is at."""

    help = "Read deliveries and airports from Kafka."

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_on():
            raise CommandError("KAFKA_BOOTSTRAP_SERVERS is not set.")
        stopping = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        serve()
        # Thousands of messages are no garbage: the collector need not look through the program with each batch of them.
        gc.freeze()
        gc.set_threshold(_COLLECT_AFTER)
        read_topics(is_stopped=stopping.is_set)
