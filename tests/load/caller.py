"""What all users of a load run have in common: how they call, what counts as refused and what as failed."""

import json
import os
import random
import re
import time
from collections import deque
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import msgspec
from locust import FastHttpUser

from tests.load.deliveries import make_bodies

# Seconds that a user thinks between two tasks, on average.
PAUSE = float(os.environ.get("LOAD_PAUSE", "1"))
BODIES = make_bodies(12)
# So many of the newest deliveries are read and corrected; older ones a manager deletes.
KEPT = 40
_PATIENCE_SECONDS = 180
_SHOWN = 300
_REQUEST_ID = re.compile(r'"request_id": "[^"]*", ')


class Wrong(Exception):
    """An answer that must not be: the request counts as failed."""


class World:
    """What the users of this run know in common. One process, so no locks."""

    def __init__(self) -> None:
        people = json.loads(Path(os.environ["LOAD_PEOPLE"]).read_text())
        self.tokens: dict[str, str] = people["tokens"]
        # Each code signs in once.
        self.sign_ins = deque((person, code) for code in range(10) for person in people["staff"])
        # Imports that nobody has in hand.
        self.imports: deque[int] = deque()
        self.retired: deque[int] = deque()

    def add(self, import_id: int) -> None:
        """A delivery to work with; the oldest one goes when there are too many."""
        self.imports.append(import_id)
        while len(self.imports) > KEPT:
            self.retired.append(self.imports.popleft())

    def any_import(self) -> int | None:
        """One to look at, while others may correct it."""
        return random.choice(self.imports) if self.imports else None


WORLD = World()


def require(condition: object, what: str) -> None:
    """Raises `Wrong` unless `condition` holds."""
    if not condition:
        raise Wrong(what)


class Caller(FastHttpUser):
    """A program with its role's token, behind a proxy that speaks TLS."""

    abstract = True
    role = ""
    connection_timeout = network_timeout = 120.0
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}

    def wait_time(self) -> float:
        """People and programs come at random: the pauses of a Poisson process."""
        return random.expovariate(1 / PAUSE) if PAUSE else 0.0

    def ask(
        self,
        method: str,
        path: str,
        *,
        name: str = "",
        expect: int = 200,
        refusals: Collection[int] = (),
        check: Callable[[Any], object] | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> Any:
        """The answer with the status `expect`, if `check`, which may raise `Wrong`, agrees; else None.

        `refusals` are expected too, and counted under a name of their own. Anything else counts as failed.
        """
        sent = {**self.proxied, **self.credentials(), **(headers or {})}
        with self.client.request(
            method, path, name=name or path, headers=sent, catch_response=True, allow_redirects=False, **options
        ) as answer:
            if answer.status_code in refusals or (answer.status_code == expect and expect >= 400):
                answer.request_meta["name"] += f" → {answer.status_code}"
            elif answer.status_code != expect:
                answer.failure(_told(answer))
                return None
            try:
                if check is not None and answer.status_code == expect:
                    check(answer)
            except Wrong as wrong:
                answer.failure(f"wrong: {wrong}")
                return None
            answer.success()
        return answer if answer.status_code == expect else None

    def credentials(self) -> dict[str, str]:
        """Headers that say who asks."""
        return {"Authorization": f"Token {WORLD.tokens[self.role]}"} if self.role else {}

    def poll(self, path: str, *, name: str, until: Collection[str]) -> Any:
        """The document at `path` once its status is one of `until`. Any other end, and none in time, has failed."""
        begun = time.monotonic()
        while time.monotonic() < begun + _PATIENCE_SECONDS:
            found = data_of(self.ask("GET", path, name=name))
            if found is None or found["status"] in until:
                return found
            if found["status"] in {"failed", "cancelled"}:
                break
            # Locust has made it one that lets the others go on.
            time.sleep(0.5)
        self.report(f"{name} until {'/'.join(until)}", begun, Wrong(str(found["status"])))
        return None

    def report(self, name: str, begun: float, error: Exception | None = None) -> None:
        """Something that took several requests, as a line of the table."""
        took = (time.monotonic() - begun) * 1000
        self.environment.events.request.fire(
            request_type="whole", name=name, response_time=took, response_length=0, exception=error, context={}
        )


def data_of(answer: Any) -> Any:
    """What is in the envelope; None without an answer."""
    return None if answer is None else msgspec.json.decode(answer.content)["data"]


def _told(answer: Any) -> str:
    """Why it was refused, without the request's id: the same reason is one line of the report."""
    text = _REQUEST_ID.sub("", answer.text or "")
    return f"{answer.status_code} {text[:_SHOWN]}"
