"""The app of Kafka."""

from config.common import domain


class KafkaConfig(domain.DomainConfig):
    """Deliveries that come over Kafka, and events that leave through it."""

    name = "config.common.kafka"
    verbose_name = "Kafka"

    def ready(self) -> None:
        from config.common.kafka.topics import DEAD_LETTERS, EVENTS, RELAY, register

        register(EVENTS, DEAD_LETTERS, RELAY)
