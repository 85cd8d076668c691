"""What messages left behind of a delivery that came over Kafka: those that were not valid, as they came."""

from config.common.kafka.services.dead_letters import forget_letters
from config.common.kafka.topics import Topic
from imports.models import Arrival


def forget_arrival(import_id: int) -> None:
    """Removes the dead letters of the delivery. That it came stays known, so that it does not come again."""
    for arrival in Arrival.objects.filter(import_id=import_id):
        forget_letters(Topic("residents").full_name, key=arrival.name, source=arrival.source)
