"""Kafka: topics, clients, and what goes out through them. See docs/kafka.md."""
