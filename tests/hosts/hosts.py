"""A host for Ansible: an empty Debian with a PostgreSQL and a Redis, the inventory that leads there, what a run did."""

import json
import os
import re
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.embedded.front import free_port
from tests.hosts.debian import Debian
from tests.server import ROOT

HERE = Path(__file__).parent
PLAYBOOK = ROOT / "docker" / "ansible" / "site.yml"
_WITHIN_SECONDS = 1_500
_SERVICES = """
sed -i "s/^port = .*/port = $POSTGRES/" /etc/postgresql/15/main/postgresql.conf
pg_ctlcluster 15 main start
setpriv --reuid=postgres --regid=postgres --init-groups psql -q -p "$POSTGRES" \
    -c "CREATE ROLE demanda LOGIN PASSWORD '$PASSWORD'" \
    -c "CREATE DATABASE demanda OWNER demanda TEMPLATE template0 ENCODING 'UTF8'"
redis-server --port "$REDIS" --bind 127.0.0.1 --requirepass "$PASSWORD" --dir /tmp --daemonize yes > /dev/null
"""


@dataclass(frozen=True)
class Hosts:
    """One host, where the front listens, and the file of the inventory."""

    debian: Debian
    url: str
    inventory: Path

    def play(self, **variables: Any) -> str:
        """Runs the playbook; what Ansible printed. AssertionError when it fails."""
        environment = {
            **os.environ, "DEBIAN_HOLDER": str(self.debian.holder), "ANSIBLE_SSH_EXECUTABLE": str(HERE / "ssh"),
            "ANSIBLE_SSH_TRANSFER_METHOD": "piped", "ANSIBLE_PIPELINING": "True", "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_HOME": str(self.inventory.parent), "ANSIBLE_NOCOLOR": "1", "TMPDIR": str(self.inventory.parent),
        }  # fmt: skip
        command: list[str | Path] = [Path(sys.executable).with_name("ansible-playbook"), "-i", self.inventory, PLAYBOOK]
        done = subprocess.run(
            [*command, "--extra-vars", json.dumps(variables)],
            env=environment, capture_output=True, text=True, check=False, timeout=_WITHIN_SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr + self.logs()
        return done.stdout

    def logs(self) -> str:
        """What the programs wrote last."""
        return self.debian.run("tail -n 20 /var/log/demanda-*.log 2> /dev/null || true")

    def demanda(self, command: str) -> str:
        """What a program of the product printed there."""
        return self.debian.run(f"demanda {command}")

    def number(self, name: str) -> int:
        """Of the process of a program, as it is called there."""
        return int(self.debian.run(f"cat /run/systemctl/demanda-{name}.service"))


def prepare(debian: Debian, folder: Path) -> Hosts:
    """Gives the machine what the product stands on, and writes the inventory."""
    debian.install("postgresql", "redis-server", "systemd")
    debian.write("/usr/local/bin/systemctl", (HERE / "systemctl").read_text(), mode=0o755)
    postgres, redis, password = free_port(), free_port(), secrets.token_hex(16)
    debian.run(_SERVICES, POSTGRES=str(postgres), REDIS=str(redis), PASSWORD=password)
    programs = ("http", "https", "web-a", "web-a-health", "web-b", "web-b-health", "worker-urgent", "worker-general")
    ports = {name: free_port() for name in programs}
    said = {
        "ansible_become": False, "ansible_python_interpreter": "/usr/bin/python3", "demanda_ports": ports,
        "demanda_backup": True, "demanda_general_processes": 1, "demanda_version": version(),
        "demanda_settings": {"ALLOWED_HOSTS": "demanda.example,127.0.0.1", "WEB_WORKERS": "1"},
        "demanda_secrets": {
            "SECRET_KEY": secrets.token_urlsafe(50), "METRICS_TOKEN": secrets.token_urlsafe(32),
            "DATABASE_URL": f"postgres://demanda:{password}@127.0.0.1:{postgres}/demanda",
            "REDIS_URL": f"redis://:{password}@127.0.0.1:{redis}/0",
        },
    }  # fmt: skip
    inventory = folder / "hosts.json"
    inventory.write_text(json.dumps({"demanda": {"hosts": {"one": said}}}))
    return Hosts(debian, f"https://127.0.0.1:{ports['https']}", inventory)


def version() -> str:
    """A commit that has what stands in the checkout, as far as git knows its files."""
    return _git("stash", "create") or _git("rev-parse", "HEAD")


def same_as_another(commit: str) -> str:
    """What this commit holds, under another name."""
    return _git("rev-parse", f"{commit}^{{tree}}")


def changed(printed: str) -> int:
    """How many tasks of a run changed something."""
    return sum(int(count) for count in re.findall(r"changed=(\d+)", printed))


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return str(done.stdout).strip()
