"""`manage.py create_topics`: makes the topics that are not there yet."""

from typing import Any

from confluent_kafka import KafkaException
from django.core.management.base import BaseCommand, CommandError

from config.common.kafka.clients import is_on
from config.common.kafka.services.create_topics import create_topics


class Command(BaseCommand):
    """Changes none that is there: how to, docs/kafka.md says."""

    help = "Make the topics of Kafka that are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_on():
            raise CommandError("KAFKA_BOOTSTRAP_SERVERS is not set.")
        try:
            made = create_topics()
        except (KafkaException, TimeoutError) as error:
            raise CommandError(f"The topics cannot be made: {error}") from error
        for name, is_new in made.items():
            self.stdout.write(f"{name}: {'made' if is_new else 'was there'}")
