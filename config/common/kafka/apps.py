"""The app of Kafka."""

from django.utils.translation import gettext_lazy as _

from config.common import domain


class KafkaConfig(domain.DomainConfig):
    """Deliveries that come over Kafka, and events that leave through it."""

    name = "config.common.kafka"
    verbose_name = "Kafka"
    permissions = {
        "Editors": {"kafka.view_deadletter"},
        "Managers": {"kafka.view_position", "kafka.change_deadletter"},
    }
    duties = {
        "Editors": _("see which messages of Kafka were not taken"),
        "Managers": _("put messages back that were not taken"),
    }
    recorded_models = {"kafka.deadletter": {}}

    def ready(self) -> None:
        from config.common.kafka import metrics, topics  # noqa: F401 - counters are there from the start
        from config.common.kafka.services import figures

        topics.register(topics.EVENTS, topics.DEAD_LETTERS, topics.RELAY)
        figures.register()
