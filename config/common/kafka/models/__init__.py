"""What PostgreSQL knows of Kafka."""

from config.common.kafka.models.relay import Relay

__all__ = ["Relay"]
