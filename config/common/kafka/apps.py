"""The app of Kafka."""

from config.common import domain


class KafkaConfig(domain.DomainConfig):
    """Deliveries that come over Kafka, and events that leave through it."""

    name = "config.common.kafka"
    verbose_name = "Kafka"

    def ready(self) -> None:
        from config.common.kafka import metrics, topics  # noqa: F401 - counters are there from the start
        from config.common.kafka.services import figures

        topics.register(topics.EVENTS, topics.DEAD_LETTERS, topics.RELAY)
        figures.register()
