"""`manage.py produce FILE --source NAME`: sends a file over Kafka as a supplier does."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from confluent_kafka import KafkaException
from django.core.management.base import BaseCommand, CommandError

from config.common.kafka.clients import is_on
from config.common.problems import Problem
from config.common.words import counted
from imports.services.loading.produce_file import produce_file


class Command(BaseCommand):
    """What is wrong with the file is said before anything is sent."""

    help = "Send a delivery over Kafka: JSON, NDJSON, CSV or an Excel workbook, gzip or not."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="Who supplies it.")
        parser.add_argument("--delivery", help="What it is called; sent again by this name, nothing comes twice.")
        parser.add_argument("--review", action="store_true", help="Somebody looks at it before it is loaded.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_on():
            raise CommandError("KAFKA_BOOTSTRAP_SERVERS is not set.")
        delivery = options["delivery"] or str(uuid4())
        try:
            produced = produce_file(
                path=options["file"], source=options["source"], delivery=delivery, review=options["review"]
            )
        except Problem as refusal:
            lines = [refusal.detail, *(f"{error.pointer}: {error.detail}" for error in refusal.errors)]
            raise CommandError("\n".join(lines)) from refusal
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from error
        except KafkaException as error:
            again = f"Send it again with --delivery {delivery}: nothing comes twice."
            raise CommandError(f"Kafka did not take it: {error.args[0].str()}. {again}") from error
        sent = f"{counted(produced.count, 'resident')} sent as {delivery}, checksum {produced.checksum}."
        self.stdout.write(sent)
