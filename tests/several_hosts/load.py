"""Callers who deliver, correct and read, and ask again until they are answered."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx

from tests.several_hosts.installation import Installation
from tests.several_hosts.ledger import Delivery, new_delivery

# A request that took longer, with all its repetitions, was disturbed.
SLOW_SECONDS = 3.0
GIVEN_UP_SECONDS = 300
_PAUSE, _AGAIN = 0.4, 0.5
_LATER = {409, 429, 503}
_SUPPLIERS, _SENDERS = 3, 2
_CORRECTIONS = 3
_LEAST_ANSWERS = 40

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that was answered in the end, and how often it was asked in vain."""

    kind: str
    begun: float
    ended: float
    in_vain: int

    @property
    def disturbed(self) -> bool:
        """Whether its caller noticed anything."""
        return self.in_vain > 0 or self.ended - self.begun > SLOW_SECONDS


class Load:
    """The callers, each in a thread of its own, and what they were told."""

    def __init__(self, product: Installation) -> None:
        self._product = product
        self.stop = threading.Event()
        self.deliveries: list[Delivery] = []
        self.answered: list[Answered] = []
        # Those that are not answered yet, by the thread that waits.
        self.waiting: dict[int, float] = {}

    def disturbed(self, since: float = 0) -> list[Answered]:
        """Those whose callers noticed something, of the requests that were not answered by this moment."""
        return [one for one in list(self.answered) if one.disturbed and one.ended >= since]

    def is_calm(self, seconds: float) -> bool:
        """Whether for so long every request was answered at once, and there were some; or a caller has given up."""
        now = time.time()
        begun = [now, *list(self.waiting.values())]
        well = now - min(begun) < SLOW_SECONDS and not self.disturbed(now - seconds)
        return self.stop.is_set() or (well and len(self.answered) > _LEAST_ANSWERS)

    def call(self, caller: Callable[[str], None], name: str) -> None:
        """Has a caller ask until the end. One that fails ends all."""
        try:
            caller(name)
        finally:
            self.stop.set()

    def supply(self, name: str) -> None:
        """Delivers, corrects some residents and reads all of them, again and again."""
        with self._product.client() as client:
            while not self.stop.is_set():
                delivery = self._deliver(client, new_delivery(next(_numbers), source=name, in_background=False))
                for _ in range(_CORRECTIONS):
                    self._correct(client, delivery)
                # What somebody was told they see at once.
                answer = self._ask(client, "read", 200, "GET", f"/imports/{delivery.import_id}/citizens")
                assert delivery.differences(answer.json()["data"]) == []

    def send(self, name: str) -> None:
        """Delivers what workers load."""
        with self._product.client() as client:
            while not self.stop.is_set():
                self._deliver(client, new_delivery(next(_numbers), source=name, in_background=True))

    def look(self, _: str) -> None:
        """Asks for lists and for the demand."""
        with self._product.client() as client:
            while not self.stop.is_set():
                self._ask(client, "read", 200, "GET", "/imports?limit=5")
                self._ask(client, "read", 200, "GET", "/analytics/demand?group_by=channel")

    def _deliver(self, client: httpx.Client, delivery: Delivery) -> Delivery:
        headers = {"Idempotency-Key": delivery.key, "Content-Type": "application/json"}
        headers |= {"Prefer": "respond-async"} if delivery.in_background else {}
        body = json.dumps({"citizens": list(delivery.residents.values())})
        wanted = 202 if delivery.in_background else 201
        path = f"/imports?source={delivery.source}"
        answer = self._ask(client, "delivery", wanted, "POST", path, headers=headers, content=body)
        delivery.import_id = int(answer.headers["Location"].rpartition("/")[2])
        self.deliveries.append(delivery)
        return delivery

    def _correct(self, client: httpx.Client, delivery: Delivery) -> None:
        number, relatives = delivery.correction()
        path = f"/imports/{delivery.import_id}/citizens/{number}"
        self._ask(client, "correction", 200, "PATCH", path, json={"relatives": relatives})
        delivery.corrected()

    def _ask(
        self, client: httpx.Client, kind: str, wanted: int, method: str, path: str, **options: Any
    ) -> httpx.Response:
        """The answer; asked again while there is none, or one that says `later`."""
        begun, thread = time.time(), threading.get_ident()
        self.waiting[thread] = begun
        for in_vain in itertools.count():
            with suppress(httpx.TransportError):
                answer = client.request(method, path, **options)
                if answer.status_code == wanted:
                    self.answered.append(Answered(kind, begun, time.time(), in_vain))
                    del self.waiting[thread]
                    time.sleep(_PAUSE)
                    return answer
                assert answer.status_code in _LATER, f"{method} {path}: {answer.status_code} {answer.text}"
            assert time.time() - begun < GIVEN_UP_SECONDS, f"{method} {path} is not answered"
            time.sleep(_AGAIN)
        raise AssertionError


@contextmanager
def loading(product: Installation) -> Iterator[Load]:
    """Callers who ask during the block. At its end all that they asked has been answered."""
    load = Load(product)
    callers: list[tuple[Callable[[str], None], str]] = [(load.look, "")]
    callers += [(load.supply, f"supplier-{number}") for number in range(_SUPPLIERS)]
    callers += [(load.send, f"sender-{number}") for number in range(_SENDERS)]
    with ThreadPoolExecutor(len(callers)) as pool:
        asked: list[Future[None]] = [pool.submit(load.call, caller, name) for caller, name in callers]
        try:
            yield load
        finally:
            load.stop.set()
        for task in asked:
            task.result()
