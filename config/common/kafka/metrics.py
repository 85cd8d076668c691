"""What is counted of messages. What is looked up when somebody asks is in `services.figures`."""

from prometheus_client import Counter

from config.common.observe.metrics.families import COUNTED

# By the topic without its prefix, so that dashboards know it.
MESSAGES = Counter("demanda_kafka_messages", "Messages that were read or sent.", ("topic", "outcome"), registry=COUNTED)
POSITION_LOST = Counter(
    "demanda_kafka_position_lost", "Places in a topic that its retention has taken away unread.", registry=COUNTED
)
