"""`python -m tests.attacks.production`: production's set-up on this machine, held until a signal ends it.

The services of DATA_DIR, two web services behind production's front with TLS, two workers and beat, by the scripts of
docker/bin and with production's settings.
"""

import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from config import env
from config.embedded import ensure, layout
from config.embedded.children import Server, stop_all
from config.embedded.process import adopt_orphans
from tests.docker.machine import BIN, machine
from tests.load.stage import is_collected
from tests.server import ROOT

_SIZE = {"WEB_WORKERS": str(env.WEB_WORKERS), "WEB_THREADS": str(env.WEB_THREADS)}


def environment(folder: Path) -> dict[str, str]:
    """What every program of this production is told; the same each time, once the services have been started."""
    places = layout(folder)
    host, password = quote(str(places.socket_dir), safe=""), quote(places.password(), safe="")
    key = folder / "secret_key"
    if not key.exists():
        key.write_text(secrets.token_urlsafe(50))
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": key.read_text(),
        "DATABASE_URL": f"postgres://{places.user}:{password}@{host}:{places.postgres_port}/{places.database}",
        "REDIS_URL": f"unix://{places.redis_socket}",
        # The embedded PostgreSQL's disk is this one.
        "DATABASE_DISK": str(folder),
        "ALLOWED_HOSTS": "127.0.0.1",
        "TRUSTED_PROXIES": "1",
    }


def collect() -> None:
    """Collects the static files, unless those that are there are this installation's: packing them takes minutes."""
    if not is_collected():
        # As docker/Dockerfile does it: settings do not load without secrets.
        made = {"SECRET_KEY": secrets.token_urlsafe(50), "DATABASE_URL": "postgres://build@127.0.0.1/build"}
        made |= {"REDIS_URL": "redis://127.0.0.1", "ALLOWED_HOSTS": "build.invalid"}
        settings = {"DJANGO_SETTINGS_MODULE": "config.settings.production"}
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **made, **settings}, check=True)


def servers(folder: Path, told: Mapping[str, str]) -> list[Server]:
    """What runs beside PostgreSQL and Redis; first who takes new work."""
    made = machine(folder, env.PORT, told, size=_SIZE)
    web = [
        Server(
            name=name,
            command=[str(BIN / ("front" if name == "front" else "web"))],
            stop_seconds=6,
            stop_signal=signal.SIGQUIT if name == "front" else signal.SIGTERM,
            environment=variables,
        )
        for name, variables in made.services.items()
    ]
    workers = [
        Server(
            name=name,
            command=[str(BIN / script), *arguments],
            stop_seconds=6,
            environment={**told, "PROMETHEUS_MULTIPROC_DIR": str(folder / f"metrics-{name}")},
        )
        for name, script, arguments in (
            ("urgent", "worker", ["urgent", "urgent", "1"]),
            ("general", "worker", ["general", "default,bulk,urgent", "2"]),
            ("beat", "beat", []),
        )
    ]
    return [*reversed(web), *workers]


def main() -> None:
    """Starts everything and waits for SIGTERM."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    adopt_orphans()
    folder = env.DATA_DIR
    with ExitStack() as leaving:
        leaving.callback(ensure(folder).close)
        # Beyond what it is told, what this process was given on top: limits that an attack asks for.
        told = {**environment(folder), **{name: os.environ[name] for name in ("DISK_RESERVE",) if name in os.environ}}
        subprocess.run([BIN / "migrate"], env={**os.environ, **told}, check=True)
        running = servers(folder, told)
        leaving.callback(stop_all, running)
        for server in running:
            server.start()
        while not ended.wait(0.5):
            for server in running:
                server.check()


if __name__ == "__main__":
    main()
