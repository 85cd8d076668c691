"""Makes the topics that are not there yet."""

from concurrent.futures import Future

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import NewTopic
from django.conf import settings

from config.common.kafka.clients import PATIENCE, admin
from config.common.kafka.topics import Topic, all_topics

# Of the largest message, in bytes: a resident of a stream may have 1 MiB, and its headers.
MESSAGE_BYTES = 1_100_000


def create_topics() -> dict[str, bool]:
    """Makes every registered topic; whether it is new, by its full name. One that is there stays as it is.

    Raises `KafkaException` where the cluster does not answer or refuses: no rights, fewer brokers than copies.
    """
    asked = [_planned(topic) for topic in all_topics()]
    # It answers as long as somebody holds it.
    client = admin()
    answers = client.create_topics(asked, operation_timeout=PATIENCE, request_timeout=PATIENCE)
    return {name: _is_new(answer) for name, answer in answers.items()}


def _is_new(answer: Future[None]) -> bool:
    try:
        answer.result(PATIENCE)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise
        return False
    return True


def _planned(topic: Topic) -> NewTopic:
    return NewTopic(topic.full_name, topic.partitions, settings.KAFKA_REPLICATION, config=_config(topic))


def _config(topic: Topic) -> dict[str, str]:
    found = {
        "min.insync.replicas": str(settings.KAFKA_MIN_INSYNC_REPLICAS),
        # Rather no leader for a while than one that has not all messages.
        "unclean.leader.election.enable": "false",
        "max.message.bytes": str(MESSAGE_BYTES),
    }
    if topic.is_compacted:
        return found | {"cleanup.policy": "compact"}
    return found | {"cleanup.policy": "delete", "retention.ms": str(settings.KAFKA_RETENTION_HOURS * 3_600_000)}
