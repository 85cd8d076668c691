"""Has a topic read again: from its beginning, from a moment, or from an offset of a partition."""

from datetime import datetime

from confluent_kafka import Consumer, TopicPartition

from config.common.kafka.clients import PATIENCE, consumer
from config.common.kafka.handlers import handlers
from config.common.kafka.services.positions import move
from config.common.kafka.topics import Topic
from config.common.problems import NotFound
from config.common.texts import gettext as _


def replay(
    *, topic: str, partition: int | None = None, offset: int | None = None, since: datetime | None = None
) -> dict[int, int]:
    """Moves the positions of the topic's partitions, or of one, and says to which offset each: `offset`, what was
    written `since` a moment, or the first that is there. Who reads them now begins there within seconds.

    What was taken before changes nothing. Raises `NotFound` for what is no partition that is read.
    """
    name = Topic(topic).full_name
    client = consumer("replay")
    try:
        found = client.list_topics(name, timeout=PATIENCE).topics[name].partitions
        chosen = [one for one in sorted(found) if partition in {None, one}]
        if name not in handlers() or not chosen:
            raise NotFound(_("There is no such topic or partition to be read."))
        targets = {one: _target(client, TopicPartition(name, one), offset, since) for one in chosen}
    finally:
        client.close()
    for one, target in targets.items():
        move(name, one, next_offset=target)
    return targets


def _target(client: Consumer, place: TopicPartition, offset: int | None, since: datetime | None) -> int:
    low, high = client.get_watermark_offsets(place, timeout=PATIENCE)
    if offset is not None:
        return int(min(max(offset, low), high))
    if since is None:
        return int(low)
    place.offset = int(since.timestamp() * 1000)
    found = client.offsets_for_times([place], timeout=PATIENCE)[0].offset
    # Nothing was written since then.
    return int(high) if found < 0 else int(found)
