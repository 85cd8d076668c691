"""Hosts that are network namespaces of this machine, each with a name, an address, a link and processes of its own."""

import os
import re
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.account import Account
from config.embedded.process import PROC, wait_until
from tests.server import ROOT

_PREFIX = "demanda-host"
# A namespace of its own for the name too: leases and workers are told apart by it.
_NAMED = 'echo "$0" > /proc/sys/kernel/hostname && exec "$@"'


def ip(*arguments: str) -> str:
    """What iproute2 printed. Raises CalledProcessError."""
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout


@dataclass(frozen=True)
class Host:
    """One of them. `folder` is for what its programs write."""

    name: str
    namespace: str
    link: str
    address: str
    folder: Path
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(
        self, name: str, *command: str | Path, environment: Mapping[str, str], account: Account | None = None
    ) -> None:
        """Starts a program, which ends with this process; what it prints goes to its log."""
        with Path(self.folder, f"{name}.log").open("ab") as log:
            self._processes.append(
                subprocess.Popen(
                    [*self._enter(account), *command], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                    stdout=log, stderr=log, start_new_session=True,
                )
            )  # fmt: skip

    def run(self, *command: str | Path, environment: Mapping[str, str], account: Account | None = None) -> str:
        """What a program printed. AssertionError where it fails."""
        entered = [*self._enter(account), *command]
        done = subprocess.run(entered, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _enter(self, account: Account | None) -> list[str]:
        user = [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"] if account else []
        within = ["ip", "netns", "exec", self.namespace, "unshare", "--uts", "sh", "-c", _NAMED, self.name]
        return [*within, "setpriv", *user, "--pdeathsig", "KILL", "--"]

    def cut(self) -> None:
        """Pulls its cable out: nobody hears of it."""
        ip("link", "set", self.link, "down")

    def join(self) -> None:
        """Puts the cable back."""
        ip("link", "set", self.link, "up")

    def kill(self) -> None:
        """Ends all its processes at once."""
        assert wait_until(lambda: not self._killed(), 20), f"{self.name} lives on"
        for process in self._processes:
            process.wait(10)
        self._processes.clear()

    def turn_off(self) -> None:
        """Takes its power away: its processes are gone, and nobody hears of it."""
        self.cut()
        self.kill()

    def _killed(self) -> list[str]:
        for process in self._processes:
            process.poll()
        return _kill_in(self.namespace)

    def logs(self) -> str:
        """The end of what its programs printed."""
        found = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {self.name} {file.name}\n{file.read_text(errors='replace')[-3000:]}" for file in found)


class Network:
    """A bridge that joins the hosts, with this machine as one more."""

    def __init__(self, folder: Path) -> None:
        number = os.getpid()
        self._folder, self._bridge = folder, f"dh{number}"
        self._first = f"10.{128 + number % 100}.{number // 100 % 250}"
        self.subnet = f"{self._first}.0/24"
        self.hosts: dict[str, Host] = {}

    def open(self) -> None:
        """Makes the bridge."""
        ip("link", "add", self._bridge, "type", "bridge")
        ip("address", "add", f"{self._first}.1/24", "dev", self._bridge)
        ip("link", "set", self._bridge, "up")

    def add(self, name: str) -> Host:
        """A new host."""
        number = len(self.hosts) + 2
        folder = self._folder / name
        folder.mkdir(mode=0o755)
        host = Host(
            name, f"{_PREFIX}-{os.getpid()}-{name}", f"{self._bridge}-{number}", f"{self._first}.{number}", folder
        )
        ip("netns", "add", host.namespace)
        self.hosts[name] = host
        ip("link", "add", host.link, "type", "veth", "peer", "name", "eth0", "netns", host.namespace)
        ip("link", "set", host.link, "master", self._bridge, "up")
        for command in (f"address add {host.address}/24 dev eth0", "link set eth0 up", "link set lo up"):
            ip("-netns", host.namespace, *command.split())
        return host

    def close(self) -> None:
        """Ends everything on all hosts, and takes them and the bridge away."""
        with ExitStack() as leaving:
            leaving.callback(ip, "link", "delete", self._bridge)
            for host in self.hosts.values():
                leaving.callback(ip, "netns", "delete", host.namespace)
                leaving.callback(host.kill)


@contextmanager
def network(folder: Path) -> Iterator[Network]:
    """One that is gone at the end, after those that killed processes have left."""
    if os.geteuid() != 0:
        raise RuntimeError("Hosts are made by root, with `ip` of Debian's package iproute2.")
    remove_left()
    made = Network(folder)
    try:
        made.open()
        yield made
    finally:
        made.close()


def remove_left() -> None:
    """Removes the namespaces and bridges whose makers are no more."""
    for kind, listing in (("netns", ip("netns", "list")), ("link", ip("-brief", "link", "show", "type", "bridge"))):
        pattern = rf"^({_PREFIX}-(\d+)-\S+)" if kind == "netns" else r"^(dh(\d+))\s"
        for name, number in re.findall(pattern, listing, re.MULTILINE):
            if not (PROC / number).exists():
                if kind == "netns":
                    _kill_in(name)
                ip(kind, "delete", name)


def _kill_in(namespace: str) -> list[str]:
    """The processes that were there, each of which was sent SIGKILL."""
    numbers = ip("netns", "pids", namespace).split()
    for number in numbers:
        with suppress(ProcessLookupError):
            os.kill(int(number), signal.SIGKILL)
    return numbers


def password() -> str:
    """A new one."""
    return secrets.token_hex(16)
