"""`manage.py replay_topic TOPIC`: has a topic read again."""

from datetime import UTC, datetime
from typing import Any

from confluent_kafka import KafkaException
from django.core.management.base import BaseCommand, CommandError

from config.common.kafka.clients import is_on
from config.common.kafka.services.replay import replay
from config.common.problems import Problem


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Command(BaseCommand):
    """What was taken before changes nothing: it may be done at any time, also while it is read."""

    help = "Read a topic again: residents, deliveries or airports."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("topic", help="Its name without the prefix.")
        parser.add_argument("--partition", type=int, help="This one alone.")
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--offset", type=int, help="From this one on; without, from the first that is there.")
        where.add_argument("--since", type=_moment, help="From what was written since then: 2026-11-29T08:00, in UTC.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_on():
            raise CommandError("KAFKA_BOOTSTRAP_SERVERS is not set.")
        given = {name: options[name] for name in ("topic", "partition", "offset", "since")}
        try:
            moved = replay(**given)
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        except KafkaException as error:
            raise CommandError(f"Kafka does not answer: {error.args[0].str()}.") from error
        for partition, offset in moved.items():
            self.stdout.write(f"{options['topic']} {partition}: is read from {offset} on")
