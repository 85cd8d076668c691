"""What this process waits for the database to do."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from psycopg2 import OperationalError


class InFlight:
    """The waits of all threads, each with its begin and with what cuts it off.

    A wait ends under the lock under which it is cut off. So who is cut off waits still: a connection whose statement
    has ended may be in the hands of the next request. While `refuse` lasts no wait begins.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._waits: dict[object, tuple[float, Callable[[], None]]] = {}
        self._refused_until = float("-inf")

    @contextmanager
    def wait(self, cut: Callable[[], None]) -> Iterator[None]:
        """The block waits for the database; `cut` makes it fail. Raises `OperationalError` while waits are refused."""
        if self.is_refusing():
            raise OperationalError("The server has not answered for a while.")
        mark = object()
        with self._lock:
            self._waits[mark] = time.monotonic(), cut
        try:
            yield
        finally:
            with self._lock:
                del self._waits[mark]

    def longest(self) -> float:
        """The seconds of the wait that is under way for longest; 0 without any."""
        with self._lock:
            began = min((began for began, _ in self._waits.values()), default=None)
        return 0.0 if began is None else time.monotonic() - began

    def cut(self, *, begun_before: float) -> int:
        """Cuts off the waits that began before this moment of `time.monotonic`; how many."""
        with self._lock:
            cuts = [cut for began, cut in self._waits.values() if began < begun_before]
            for cut in cuts:
                cut()
        return len(cuts)

    def refuse(self, *, seconds: float) -> None:
        """Lets no wait begin for so long; 0: all may begin again."""
        self._refused_until = time.monotonic() + seconds

    def is_refusing(self) -> bool:
        """Whether a wait that begins now is refused."""
        return time.monotonic() < self._refused_until
