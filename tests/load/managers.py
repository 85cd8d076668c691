"""Programs that keep the airports: at once, by links, in the queue, by file; and remove old deliveries."""

import random
import time
import uuid
from typing import Any
from urllib.parse import urlencode, urlsplit

from locust import task

from tests.load.caller import WORLD, Caller, data_of, require
from tests.load.suppliers import ASYNC

ONE = "/airports/{id}"
LINES = 100
COLUMNS = (
    "name", "city", "country", "iata", "icao", "latitude", "longitude", "altitude", "timezone", "dst", "tz", "type",
    "source",
)  # fmt: skip


class Manager(Caller):
    """Changes only airports that it has made itself."""

    role = "Managers"
    weight = 2

    @task(3)
    def propose_and_confirm(self) -> None:
        """A link to a change, looked at, confirmed once and not twice."""
        airport = self._make()
        if airport is None:
            return
        query = urlencode({"id": airport["id"], "city": f"City {uuid.uuid4().hex[:8]}"})
        asked = data_of(self.ask("GET", f"/update?{query}", name="GET /update, a link", expect=202))
        if asked is None:
            return
        path, name = urlsplit(asked["confirmation_url"]).path, "/confirm/{token}"
        self.ask("GET", path, name=f"GET {name}", headers={"Accept": "application/json"})

        def check(answer: Any) -> None:
            require(data_of(answer)["city"] == asked["changes"]["city"]["to"], "not the change of the link")

        self.ask("POST", path, name=f"POST {name}", check=check)
        self.ask("POST", path, name=f"POST {name}, again", expect=409)

    @task(2)
    def life_of_an_airport(self) -> None:
        """Made, changed, changed with a stale copy, flagged, restored, deleted."""
        airport = self._make()
        if airport is None:
            return
        path, tag = f"/airports/{airport['id']}", {"If-Match": f'"{airport["version"]}"'}
        self.ask("PATCH", path, name=f"PATCH {ONE}", json={"altitude": 7}, headers=tag)
        self.ask("PATCH", path, name=f"PATCH {ONE}, a stale copy", json={"altitude": 8}, headers=tag, expect=412)
        self.ask("PATCH", "/update", name="PATCH /update", json={"id": airport["id"], "city": "Manises"})
        self.ask("GET", f"/delete?id={airport['id']}", name="GET /delete, the flag")
        self.ask("POST", f"{path}/restore", name=f"POST {ONE}/restore")
        self.ask("DELETE", f"/delete?id={airport['id']}", name="DELETE /delete", expect=204)
        self.ask("GET", path, name=f"GET {ONE}, deleted", expect=404)

    @task(2)
    def queue(self) -> None:
        """Ten creates at once; all of them are written."""
        begun = time.monotonic()
        answers = [
            self.ask("PUT", "/create", name="PUT /create, respond-async", json=_airport(), headers=ASYNC, expect=202)
            for _ in range(10)
        ]
        for answer in answers:
            if answer is not None:
                self.poll(answer.headers["Location"], name="GET /creates/{id}, until it is there", until={"created"})
        self.report("ten queued creates, to the end", begun)

    @task(1)
    def upload(self) -> None:
        """A file, and the same once more: nothing changes."""
        made = [_airport() for _ in range(LINES)]
        rows = [",".join(str(airport.get(name, "")) for name in COLUMNS) for airport in made]
        text = "\n".join([",".join(COLUMNS), *rows]).encode()
        self._upload(text, "created")
        self._upload(text, "unchanged")

    @task(2)
    def remove(self) -> None:
        """A delivery that nobody works with any more."""
        if WORLD.retired:
            path = f"/imports/{WORLD.retired.popleft()}"
            self.ask("DELETE", path, name="DELETE /imports/{id}", expect=204)
            self.ask("GET", path, name="GET /imports/{id}, deleted", expect=404)

    @task(1)
    def refresh(self) -> None:
        """Counts the demand."""
        self.ask("POST", "/analytics/refresh", name="POST /analytics/refresh", expect=202)

    def _make(self) -> Any:
        return data_of(self.ask("PUT", "/create", name="PUT /create", json=_airport(), expect=201))

    def _upload(self, text: bytes, outcome: str) -> None:
        def check(answer: Any) -> None:
            result = data_of(answer)
            require(result[outcome] == LINES, f"{result}")

        headers = {"Content-Type": "text/csv"}
        self.ask("POST", "/upload", name="POST /upload", data=text, headers=headers, expect=201, check=check)


def _airport() -> dict[str, Any]:
    """Without codes, which are few."""
    place = {"latitude": round(random.uniform(-89, 89), 4), "longitude": round(random.uniform(-179, 179), 4)}
    return {"name": f"Load {uuid.uuid4().hex}", "city": "Load", "country": "Spain", **place}
