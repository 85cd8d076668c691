"""`python -m tests.benchmarks.creates [--creates N] [--json FILE]`: a flood of queued creates.

How fast and with how much memory they are accepted, from the first to the last, while workers and Redis are killed;
how fast they are drained against as many synchronous creates; and whether each was written once.
"""

import argparse
import http.client
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.__main__ import prepare

if TYPE_CHECKING:
    from tests.background.workers import PrivateRedis
    from tests.benchmarks.stage import Stage
    from tests.server import Server

CALLERS = 8
STEPS = 10
SYNCHRONOUS = 400
DRAINED = 20_000


def main() -> int:
    """Prints the figures; the exit code says whether every create was written once and the drain was fast enough."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.creates", description=__doc__)
    parser.add_argument("--creates", type=int, default=100_000)
    parser.add_argument("--json", type=Path, help="write the figures there too")
    arguments = parser.parse_args()
    figures = run(arguments.creates)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))
    return 0 if figures["lost"] == figures["doubled"] == 0 and figures["times_faster"] >= 20 else 1


def run(creates: int) -> dict[str, Any]:
    """The figures."""
    session = prepare()
    from celery import current_app

    from config.settings.background import broker_url
    from tests.background.workers import private_redis
    from tests.benchmarks.stage import set_stage

    with tempfile.TemporaryDirectory() as folder, private_redis() as redis:
        # For the server and the workers, and for this process, which has read its settings.
        os.environ["REDIS_URL"] = redis.url
        current_app.conf.broker_url = broker_url(redis.url)
        with set_stage(Path(folder)) as stage:
            _empty()
            token = stage.client.authorization
            figures = {"creates": creates, **_flood(stage, redis, creates)}
            figures |= _compare(stage.server, token)
    session.close()
    return figures


def _flood(stage: "Stage", redis: "PrivateRedis", creates: int) -> dict[str, Any]:
    """Sends all creates while a worker is killed and started again at each tenth, and Redis half-way."""
    from airports.models import QueuedCreate
    from tests.background.workers import kill, start_worker, until

    steps = []
    for step in range(STEPS):
        with start_worker(REDIS_URL=redis.url, CELERY_SOCKET_TIMEOUT="3", LOG_LEVEL="ERROR") as worker:
            first = step * creates // STEPS
            seconds = _send(stage.server, stage.client.authorization, range(first, (step + 1) * creates // STEPS))
            rate, memory = creates // STEPS / seconds, stage.memory() // 2**20
            kill(worker)
        if step == STEPS // 2:
            redis.kill()
            redis.start()
        waiting = QueuedCreate.objects.queued().count()
        steps.append({"accepted_a_second": round(rate), "server_mib": memory, "waiting": waiting})
        print(
            f"{first + creates // STEPS:>9,} accepted, {rate:6.0f}/s, server {memory} MiB, {waiting:,} waiting",
            flush=True,
        )
    begun = time.monotonic()
    with start_worker(REDIS_URL=redis.url, CELERY_SOCKET_TIMEOUT="3", LOG_LEVEL="ERROR"):
        until(_is_drained, seconds=600)
    print(f"the last {waiting:,} drained by a new worker in {time.monotonic() - begun:.0f} s, its start included")
    return {"steps": steps, **_count(creates)}


def _send(server: "Server", token: str, numbers: range, *, is_async: bool = True) -> float:
    """The seconds that it takes until each create is answered."""
    shares = [numbers[caller::CALLERS] for caller in range(CALLERS)]
    errors: list[str] = []

    def call(share: range) -> None:
        headers = {"Authorization": token, "Content-Type": "application/json"}
        headers |= {"Prefer": "respond-async"} if is_async else {}
        caller = http.client.HTTPConnection(server.url.removeprefix("http://"))
        for number in share:
            caller.request("PUT", "/create", json.dumps(_airport(number)), headers)
            answer = caller.getresponse()
            answer.read()
            if answer.status != (202 if is_async else 201):
                errors.append(f"{number}: {answer.status}")
        caller.close()

    threads = [threading.Thread(target=call, args=[share]) for share in shares]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise RuntimeError(f"{len(errors)} not accepted, first {errors[0]}")
    return time.perf_counter() - begun


def _compare(server: "Server", token: str) -> dict[str, Any]:
    """Milliseconds for a create: drained in batches, and synchronous, by one caller's clock and by all of them."""
    from airports.services.drain_creates import drain_creates

    _empty()
    alone = _one_caller(server, token)
    together = _send(server, token, range(10**6, 10**6 + SYNCHRONOUS), is_async=False) / SYNCHRONOUS
    _empty()
    _queue(DRAINED)
    begun = time.perf_counter()
    while drain_creates():
        pass
    drained = (time.perf_counter() - begun) / DRAINED
    figures = {
        "drain_ms": round(drained * 1000, 3),
        "synchronous_ms": round(alone * 1000, 2),
        "synchronous_ms_of_many_callers": round(together * 1000, 2),
        "times_faster": round(alone / drained, 1),
        "times_faster_than_many_callers": round(together / drained, 1),
    }
    print("\n".join(f"{name}: {figure}" for name, figure in figures.items()))
    return figures


def _one_caller(server: "Server", token: str) -> float:
    """The seconds of a synchronous create, on average."""
    with server.client() as client:
        begun = time.perf_counter()
        for number in range(SYNCHRONOUS):
            answer = client.put("/create", json=_airport(number), headers={"Authorization": token})
            answer.raise_for_status()
        return (time.perf_counter() - begun) / SYNCHRONOUS


def _airport(number: int) -> dict[str, Any]:
    """Each tenth has codes, as far as there are any."""
    iata, icao = _code(number // 10, 3), _code(number // 10, 4)
    codes = {"iata": iata, "icao": icao} if number % 10 == 0 and number < 10**5 else {}
    place = {"latitude": number % 180 - 90 + 0.25, "longitude": number % 360 - 180 + 0.5, "altitude": number % 3000}
    names = {"name": f"Airport {number}", "city": f"City {number % 1000}", "country": "Spain", "tz": "Europe/Madrid"}
    return {**names, **place, **codes, "timezone": 1, "dst": "E", "type": "airport", "source": "bench"}


def _code(number: int, length: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return "".join(letters[number // 26**place % 26] for place in range(length))


def _queue(creates: int) -> None:
    """Rows of the inbox, as the API writes them."""
    from airports.models import QueuedCreate

    rows: Iterator[QueuedCreate] = (QueuedCreate(body=json.dumps(_airport(number))) for number in range(creates))
    QueuedCreate.objects.bulk_create(rows, batch_size=5_000)


def _is_drained() -> bool:
    from airports.models import QueuedCreate
    from airports.services.queue_create import DRAIN
    from config.common.background.publishing import publish

    # What beat sends every ten seconds.
    publish(DRAIN, kwargs={}, expires=10)
    time.sleep(1)
    return not QueuedCreate.objects.queued().exists()


def _count(creates: int) -> dict[str, int]:
    from airports.models import Airport, QueuedCreate

    names = Airport.objects.values("name").distinct().count()
    found = {
        "lost": creates - names,
        "doubled": Airport.objects.count() - names,
        "failed": QueuedCreate.objects.filter(status="failed").count(),
        "history": Airport.history.count(),
    }
    print(", ".join(f"{name}: {figure:,}" for name, figure in found.items()))
    return found


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE airports_airport, airports_historicalairport, airports_queuedcreate RESTART IDENTITY")


if __name__ == "__main__":
    sys.exit(main())
