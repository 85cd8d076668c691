"""Which function takes the messages of which topic. Each app registers its own when it is ready."""

from django.utils.module_loading import import_string

from config.common.kafka.messages import Handler
from config.common.kafka.topics import Topic, register

_PATHS: dict[Topic, str] = {}


def reads(topic: Topic, path: str) -> None:
    """Makes a topic known, and the path of the `Handler` that takes its messages."""
    register(topic)
    _PATHS[topic] = path


def handlers() -> dict[str, Handler]:
    """The handlers by the full names of their topics."""
    return {topic.full_name: import_string(path) for topic, path in _PATHS.items()}
