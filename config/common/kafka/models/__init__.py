"""What PostgreSQL knows of Kafka."""

from config.common.kafka.models.reading import DeadLetter, Position, SeenMessage
from config.common.kafka.models.relay import Relay

__all__ = ["DeadLetter", "Position", "Relay", "SeenMessage"]
