"""The product on seven hosts: a front, two web servers, two workers with a beat each, two databases; and Redis."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from config.embedded.front import nginx
from config.embedded.process import wait_until
from tests.docker.machine import BIN, make_certificate
from tests.several_hosts.network import Host, Network, network, password
from tests.several_hosts.services import USER, Postgres, empty, start_redis

NAMES = ("front", "web-a", "web-b", "worker-a", "worker-b", "database", "standby", "redis")
START_SECONDS = 180
# Program and arguments, by the name under which it shows that it is alive.
WORK = {
    "urgent": ("worker", "urgent", "urgent", "1"),
    "general": ("worker", "general", "default,bulk,urgent", "1"),
    "beat": ("beat",),
}


class Installation:
    """All of it, once `start` has returned."""

    def __init__(self, made: Network) -> None:
        self.hosts = {name: made.add(name) for name in NAMES}
        self._subnet = made.subnet
        self._password = password()
        # The one that takes writes, and its replica; they change places.
        self.primary, self.standby = (Postgres(self.hosts[name]) for name in ("database", "standby"))
        self.url = f"https://{self.hosts['front'].address}"
        self.redis_url = f"redis://:{self._password}@{self.hosts['redis'].address}:6379/0"
        both = ",".join(self.hosts[name].address for name in ("database", "standby"))
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8",
            "DJANGO_SETTINGS_MODULE": "config.settings.production", "SECRET_KEY": password() * 2,
            "DATABASE_URL": f"postgres://{USER}:{self._password}@{both}:5432/{USER}?target_session_attrs=read-write",
            "REDIS_URL": self.redis_url, "ALLOWED_HOSTS": self.hosts["front"].address, "TRUSTED_PROXIES": "1",
            "WEB_WORKERS": "1", "WEB_THREADS": "8", "DISK_RESERVE": "0",
        }  # fmt: skip
        self.token = ""

    def start(self) -> None:
        """Starts everything; whoever writes waits for the replica."""
        self.primary.initialise(self._subnet, self._password)
        self.standby.follow(self.primary, self._password)
        self.primary.wait_for_replica()
        start_redis(self.hosts["redis"], self._password)
        first = self.hosts["web-a"]
        first.run(BIN / "migrate", environment=self._told(first))
        issue = ("python", "manage.py", "issue_token", "ana", "--role", "Managers")
        self.token = first.run(*issue, environment=self._told(first)).split()[-1]
        for name in ("web-a", "web-b", "worker-a", "worker-b", "front"):
            self.start_host(name)
        for name in ("web-a", "web-b", "worker-a", "worker-b"):
            self.wait_for(name)

    def start_host(self, name: str) -> None:
        """Starts what a host has to run."""
        host = self.hosts[name]
        kind = name.partition("-")[0]
        if kind == "redis":
            start_redis(host, self._password)
        elif kind == "web":
            told = self._told(host) | {"HOST": "0.0.0.0", "PROMETHEUS_MULTIPROC_DIR": f"{host.folder}/metrics"}
            host.start("web", BIN / "web", environment=told)
        elif kind == "front":
            host.start("front", BIN / "front", environment=self._front(host))
        else:
            empty(host.folder, "*.alive")
            for program, (script, *arguments) in WORK.items():
                alive, metrics = f"{host.folder}/{program}.alive", f"{host.folder}/metrics-{program}"
                told = self._told(host) | {"HEARTBEAT_PATH": alive, "PROMETHEUS_MULTIPROC_DIR": metrics}
                host.start(program, BIN / script, *arguments, environment=told)

    def wait_for(self, name: str) -> None:
        """Returns when a web server is ready, or the programs of a worker show that they are alive."""
        host = self.hosts[name]
        if name.startswith("web"):
            well = wait_until(lambda: _is_ready(host), START_SECONDS)
        else:
            well = wait_until(lambda: len(list(host.folder.glob("*.alive"))) == len(WORK), START_SECONDS)
        assert well, host.logs()

    def promote(self) -> None:
        """Has the replica take over."""
        self.standby.order("SELECT pg_promote()")
        self.primary, self.standby = self.standby, self.primary

    def replace_replica(self) -> None:
        """Makes the server that is gone anew, as a replica."""
        self.standby.host.join()
        self.standby.replace_by_replica(self.primary, self._password)
        self.primary.wait_for_replica()

    def figure(self, statement: str) -> Any:
        """What the database says, in one column of one row."""
        return self.primary.ask(statement)[0][0]

    def client(self) -> httpx.Client:
        """Somebody who asks the front as a manager, and waits ten seconds for an answer."""
        headers = {"Authorization": f"Token {self.token}"}
        # The certificate is of nobody.
        return httpx.Client(base_url=self.url, headers=headers, verify=False, timeout=10, trust_env=False)

    def logs(self) -> str:
        """The end of what all programs printed."""
        return "\n".join(host.logs() for host in self.hosts.values())

    def _told(self, host: Host) -> dict[str, str]:
        return {**self.environment, "DATA_DIR": str(host.folder / "data")}

    def _front(self, host: Host) -> dict[str, str]:
        certificate, key = host.folder / "certificate", host.folder / "key"
        make_certificate(certificate, key)
        web = " ".join(f"{self.hosts[name].address}:8000/8001" for name in ("web-a", "web-b"))
        return {
            "PATH": os.environ["PATH"], "WEB_WORKERS": "1", "WEB_THREADS": "8", "FRONT_WEB": web, "FRONT_HTTP": "80",
            "FRONT_HTTPS": "443", "FRONT_CERTIFICATE": str(certificate), "FRONT_KEY": str(key),
            "FRONT_ACME": str(host.folder / "acme"), "FRONT_FOLDER": str(host.folder / "front"),
            "FRONT_TEMP": str(host.folder / "temp"), "FRONT_NGINX": str(nginx()), "FRONT_USER": "root",
        }  # fmt: skip


def _is_ready(host: Host) -> bool:
    try:
        headers = {"X-Forwarded-Proto": "https"}
        return httpx.get(f"http://{host.address}:8001/health/ready", headers=headers, trust_env=False).is_success
    except httpx.TransportError:
        return False


@contextmanager
def installation(folder: Path) -> Iterator[Installation]:
    """One that runs, and is gone at the end."""
    # Others than root work there too.
    folder.chmod(0o755)
    with network(folder) as made:
        running = Installation(made)
        running.start()
        yield running
