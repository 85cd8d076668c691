"""What is counted of messages. Figures that are looked up when somebody asks are registered in `apps`."""

from prometheus_client import Counter

from config.common.observe.metrics.families import COUNTED

# By the topic without its prefix, so that dashboards know it.
LOST = Counter(
    "demanda_kafka_position_lost", "How often messages were gone before they were read.", ("topic",), registry=COUNTED
)
MESSAGES = Counter("demanda_kafka_messages", "Messages that were read or sent.", ("topic", "outcome"), registry=COUNTED)
