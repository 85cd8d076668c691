"""The scripts of docker/bin, run as the image runs them: by a user that owns nothing, with the production settings.

One test for the whole way, as one program needs what the one before has made; it takes seconds because it starts four.
"""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from config.embedded.front import free_port
from tests.background.workers import until
from tests.docker.conftest import new_database
from tests.docker.image import Image
from tests.imports.documents.builders import citizen

# More than once where the worker came up late and the sweep sent the message again.
LOADED = re.compile(r'demanda_task_runs_total\{outcome="success",task="imports.load"\} [1-9]')
TLS = {"Host": "demanda.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}


@pytest.fixture(scope="module")
def deployed(image: Image) -> Iterator[Image]:
    """The image with a database, collected static files, and a folder in which its user cannot write."""
    with new_database() as url:
        secret = image.run.parent / "database_url"
        secret.write_text(f"{url}\n")
        secret.chmod(0o444)
        ready = Image(image.app, image.run, {**image.environment, "DATABASE_URL_FILE": str(secret)})
        # As the build does it, which is root's.
        collect = ["python", "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(collect, cwd=ready.app, env=ready.environment, check=True)
        yield ready


def test_every_program_of_the_image_does_its_work(deployed: Image) -> None:
    migrated = deployed.finish("docker/bin/migrate")
    assert "Applying imports.0001_initial... OK" in migrated
    assert deployed.finish("docker/bin/migrate").endswith("No migrations to apply.\n")
    port, metrics = free_port(), free_port()
    token = deployed.finish("python", "manage.py", "issue_token", "ana", "--role", "Managers").split()[-1]
    web = {
        "PORT": str(port), "HEALTH_PORT": str(free_port()), "PROMETHEUS_MULTIPROC_DIR": str(deployed.run / "web"),
    }  # fmt: skip
    worker = {
        "HEARTBEAT_PATH": str(deployed.run / "worker"), "METRICS_PORT": str(metrics),
        "PROMETHEUS_MULTIPROC_DIR": str(deployed.run / "metrics"),
    }  # fmt: skip
    beat = {"HEARTBEAT_PATH": str(deployed.run / "beat")}
    with ExitStack() as stack:
        processes = [
            stack.enter_context(deployed.running("docker/bin/web", **web)),
            stack.enter_context(deployed.running("docker/bin/worker", "general", "default,bulk,urgent", "1", **worker)),
            stack.enter_context(deployed.running("docker/bin/beat", **beat)),
        ]
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=TLS, trust_env=False))
        until(lambda: probe(deployed, "web", **web) == 0)
        see_the_web_server(client)
        load_a_delivery(client, token)
        until(lambda: [probe(deployed, "alive", **worker), probe(deployed, "alive", **beat)] == [0, 0])
        # The import is complete a moment before the task that loaded it has ended and counted itself.
        until(lambda: LOADED.search(httpx.get(f"http://127.0.0.1:{metrics}/metrics", trust_env=False).text))
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(15) for process in processes] == [0, 0, 0]
    assert foreign_files(deployed) == []


def see_the_web_server(client: httpx.Client) -> None:
    """It is ready, insists on HTTPS, serves collected files, and keeps its numbers to itself."""
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["data"]) == (200, {"status": "ok", "degraded": []})
    assert "max-age=31536000" in ready.headers["Strict-Transport-Security"]
    plain = client.get("/docs", headers={"X-Forwarded-Proto": "http"})
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://demanda.example/docs")
    page = client.get("/")
    style = re.findall(r"/static/site/site\.[0-9a-f]+\.css", page.text)
    assert client.get(style[0]).headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert client.get("/metrics").status_code == 404
    scrape = {"Host": "web", "Authorization": "Bearer 0123456789-abcdefghijkl", "X-Forwarded-Proto": "http"}
    assert client.get("/metrics", headers=scrape).status_code == 200
    foreign = {"Host": "elsewhere.example"}
    assert [client.get(path, headers=foreign).status_code for path in ("/health/ready", "/docs")] == [200, 400]


def load_a_delivery(client: httpx.Client, token: str) -> None:
    """The web server takes it in, the worker loads it."""
    headers = {"Authorization": f"Token {token}", "Prefer": "respond-async"}
    accepted = client.post("/imports", json={"citizens": [citizen()]}, headers=headers)
    assert accepted.status_code == 202, accepted.text
    where = httpx.URL(accepted.headers["Location"]).path
    until(lambda: client.get(where, headers=headers).json()["data"]["status"] == "complete")


def probe(image: Image, name: str, **environment: str) -> int:
    """The exit code of the container's health check."""
    process = image.start("python", "-m", "config.probe", name, **environment)
    process.communicate(timeout=30)
    return process.returncode


def foreign_files(image: Image) -> list[Path]:
    """What in /app is not the builder's: there must be nothing."""
    return [path for path in image.app.rglob("*") if path.lstat().st_uid != os.geteuid()]


def test_a_secret_that_is_missing_stops_every_program(image: Image) -> None:
    for name in ("web", "worker", "beat", "migrate"):
        process = image.start(f"docker/bin/{name}")
        output, _ = process.communicate(timeout=60)
        assert (process.returncode != 0, "DATABASE_URL must be set in production" in output) == (True, True), output
