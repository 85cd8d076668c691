"""What beats sent, as Redis saw it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import redis

# Which nobody but a beat sends; what its task sends names it too, elsewhere.
_TASK = '"headers": {"lang": "py", "task": "background.sweep"'


class Sent:
    """How often the schedule of the sweeper was sent, since somebody looks."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.count = 0
        self.ended = threading.Event()

    def look(self) -> None:
        """Reads along until the end, over a new connection where Redis went. Workers ask it every second."""
        server: Any = redis.Redis.from_url(self._url, encoding_errors="replace")
        while not self.ended.wait(0.1):
            with suppress(redis.RedisError, OSError), server.monitor() as monitor:
                while not self.ended.is_set():
                    command = monitor.next_command()["command"]
                    self.count += command.startswith("LPUSH") and _TASK in command


@contextmanager
def watched(url: str) -> Iterator[Sent]:
    """What is sent during the block."""
    sent = Sent(url)
    thread = threading.Thread(target=sent.look)
    thread.start()
    try:
        yield sent
    finally:
        sent.ended.set()
        thread.join()
