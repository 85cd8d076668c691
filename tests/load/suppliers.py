"""Programs that deliver residents and look at what became of it."""

import random
import time
import uuid
from hashlib import sha256
from typing import Any

import msgspec
from locust import task

from tests.load.caller import BODIES, WORLD, Caller, data_of, require
from tests.load.deliveries import SOURCES, Body, one_sided

JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}
GZIP = {"Content-Encoding": "gzip"}
ASYNC = {"Prefer": "respond-async"}


class Supplier(Caller):
    """Delivers 100 to 10,000 residents, small deliveries as often as large ones."""

    role = "Importers"
    weight = 2

    @task(5)
    def deliver(self) -> None:
        """As one document."""
        body = random.choice(BODIES)
        self._follow(self._post("POST /imports", body.json, JSON), body)

    @task(3)
    def deliver_stream(self) -> None:
        """A resident a line, gzipped half of the time."""
        body = random.choice(BODIES)
        zipped = random.random() < 0.5
        name = "POST /imports, NDJSON" + (", gzip" if zipped else "")
        answer = self._post(name, body.zipped if zipped else body.ndjson, {**NDJSON, **(GZIP if zipped else {})})
        self._follow(answer, body)

    @task(3)
    def deliver_for_later(self) -> None:
        """Loaded by a worker."""
        body, begun = random.choice(BODIES), time.monotonic()
        headers = {**NDJSON, **GZIP, **ASYNC}
        answer = self._post("POST /imports, respond-async", body.zipped, headers, expect=202)
        if answer is None:
            return
        name = "GET /imports/{id}, until it is loaded"
        found = self.poll(answer.headers["Location"], name=name, until={"complete"})
        if found:
            self.report("delivery by a worker, to the end", begun)
            self._check(found, body)
            WORLD.add(found["import_id"])

    @task(1)
    def deliver_twice(self) -> None:
        """The same key and body are one delivery."""
        body, key = BODIES[0], {"Idempotency-Key": str(uuid.uuid4())}
        first = self._post("POST /imports, Idempotency-Key", body.json, {**JSON, **key})
        if first is None:
            return

        def check(answer: Any) -> None:
            require(answer.headers.get("Idempotent-Replayed") == "true", "not replayed")
            require(data_of(answer) == data_of(first), "another answer")

        self._post("POST /imports, Idempotency-Key again", body.json, {**JSON, **key}, check=check)
        self._follow(first, body)

    @task(1)
    def deliver_wrong(self) -> None:
        """Somebody who names a resident that names nobody back: refused with the place."""
        residents = msgspec.json.decode(BODIES[2].json)["citizens"]
        lonely = next(number for number, resident in enumerate(residents) if not resident["relatives"])
        residents[lonely]["relatives"] = [residents[lonely - 1]["citizen_id"]]

        def check(answer: Any) -> None:
            pointers = [error["pointer"] for error in msgspec.json.decode(answer.content)["errors"]]
            require(any(pointer.startswith(f"/citizens/{lonely}/relatives") for pointer in pointers), str(pointers))

        body = msgspec.json.encode({"citizens": residents})
        self._post("POST /imports, one-sided", body, JSON, expect=400, check=check)

    @task(2)
    def list_imports(self) -> None:
        """A page of them."""
        self.ask("GET", "/imports?limit=50", name="GET /imports")

    @task(2)
    def read_back(self) -> None:
        """All residents, of what may be corrected meanwhile: one moment of it, so always whole."""
        import_id = WORLD.any_import()
        if import_id is None:
            return

        def check(answer: Any) -> None:
            sides = one_sided(msgspec.json.decode(answer.content)["data"])
            require(not sides, f"one-sided in import {import_id}: {sides[:5]}")

        # A manager may have deleted it a moment ago.
        path = f"/imports/{import_id}/citizens"
        self.ask("GET", path, name="GET /imports/{id}/citizens", refusals={404}, check=check)

    @task(1)
    def read_others(self) -> None:
        """The first one is the demo's, not this supplier's."""
        self.ask("GET", "/imports/1/citizens", name="GET /imports/{other's}/citizens", expect=404)

    def _post(self, name: str, body: bytes, headers: dict[str, str], *, expect: int = 201, check: Any = None) -> Any:
        # A delivery that is sent again comes from the same one.
        source = int.from_bytes(sha256(body).digest()) % SOURCES
        path = f"/imports?source=load-{source}"
        return self.ask("POST", path, name=name, data=body, headers=headers, expect=expect, check=check)

    def _follow(self, answer: Any, body: Body) -> None:
        """What the status says, and then it is everybody's to work with."""
        if answer is None:
            return
        import_id = data_of(answer)["import_id"]
        found = data_of(self.ask("GET", f"/imports/{import_id}", name="GET /imports/{id}"))
        if found:
            self._check(found, body)
            WORLD.add(import_id)

    def _check(self, found: dict[str, Any], body: Body) -> None:
        require(found["status"] == "complete", f"import {found['import_id']} is {found['status']}")
        require(found["citizens"] == body.size, f"{found['citizens']} residents of {body.size}")
