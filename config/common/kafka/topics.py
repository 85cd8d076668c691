"""The topics of the product. Each app registers its own when it is ready."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic by its name without the prefix.

    `is_compacted`: it keeps the last message of each key for ever, in one partition; else all of them for
    KAFKA_RETENTION_HOURS.
    """

    name: str
    is_compacted: bool = False

    @property
    def full_name(self) -> str:
        """What Kafka calls it, `demanda.events`."""
        return f"{settings.KAFKA_PREFIX}{self.name}"

    @property
    def partitions(self) -> int:
        """How many it is made with."""
        return 1 if self.is_compacted else settings.KAFKA_PARTITIONS


EVENTS = Topic("events")
DEAD_LETTERS = Topic("dead-letters")
# The number of the last batch of events that was committed, by the relay's transactional id.
RELAY = Topic("relay", is_compacted=True)

_TOPICS: dict[str, Topic] = {}


def register(*topics: Topic) -> None:
    """Makes them known; a name is taken once, by whoever registers it last."""
    _TOPICS.update((topic.name, topic) for topic in topics)


def all_topics() -> list[Topic]:
    """Lists them by name."""
    return sorted(_TOPICS.values(), key=lambda topic: topic.name)


def bare(full_name: str) -> str:
    """The name of a topic without the prefix."""
    return full_name.removeprefix(settings.KAFKA_PREFIX)
