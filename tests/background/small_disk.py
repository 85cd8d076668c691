"""A small file system under a data folder of its own, which no other process sees.

It lives in a mount namespace, and for anybody but root in a user namespace too: no rights are needed that the user does
not have. It is gone with the process that holds it.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded import Layout, layout
from config.embedded.account import runs_as_root
from config.embedded.binaries import make_system_home
from config.embedded.clean import remove
from tests.server import ROOT

# What `unshare` is told.
OWN = ["--mount"] if runs_as_root() else ["--user", "--map-current-user", "--keep-caps", "--mount"]
_JOIN = ["--mount"] if runs_as_root() else ["--user", "--preserve-credentials", "--mount"]
_MOUNT = 'mount -t tmpfs -o "size=$1m,mode=0711" none "$2" && echo ready && exec cat'


@dataclass(frozen=True)
class SmallDisk:
    """The data folder whose services live on it, and the process that holds it."""

    places: Layout
    holder: int

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs there, in the project's folder."""
        return ["nsenter", f"--target={self.holder}", *_JOIN, f"--wd={ROOT}", *arguments]

    def run(self, *arguments: str, body: bytes | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a program of this Python there, to its end."""
        variables = {"PATH": os.environ["PATH"], "DATA_DIR": str(self.places.data_dir), **environment}
        done = subprocess.run(
            self.command(sys.executable, *arguments), env=variables, input=body, capture_output=True, check=False
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def shell(self, script: str) -> str:
        """What a shell script printed, in the services' folder."""
        command = self.command("sh", "-c", f'cd "$0" && {script}', str(self.places.home))
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    def fill(self) -> None:
        """Takes all room, as another program might."""
        self.shell("cat /dev/zero > filler")

    def free_mib(self) -> int:
        return int(self.shell("stat -f -c '%a * %S / 1048576' . | xargs -I{} sh -c 'echo $(({}))'"))


@contextmanager
def small_disk(data_dir: Path, *, mib: int) -> Iterator[SmallDisk]:
    """The disk, with nothing on it yet; the services must have ended before it goes."""
    places = layout(data_dir)
    if runs_as_root():
        make_system_home()
    places.home.mkdir(exist_ok=True)
    holder = subprocess.Popen(
        ["unshare", *OWN, "sh", "-c", _MOUNT, "sh", str(mib), str(places.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"ready\n"
        yield SmallDisk(places, holder.pid)
    finally:
        holder.communicate()
        remove(data_dir)
