"""An empty Debian in a folder, with processes and mounts of its own, on this machine's network.

debootstrap makes it once, in `.data/debian`; each test gets a layer of its own above it, which is gone with everything
that runs in it when the test ends. It wants root.
"""

import hashlib
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.server import ROOT

SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
# What README says a machine has, and what its lines call.
PACKAGES = ("python3", "python3-venv", "make", "gcc", "ca-certificates", "curl")
# The way out of this machine is the same in there.
_WAY_OUT = ("/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt", "/etc/pip.conf")
_PASSED = ("PIP_CERT", "PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT", "http_proxy", "https_proxy", "no_proxy")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Children that nobody waits for are reaped, as an init does it.
_HOLD = """
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc" && mount --rbind /dev "$2/root/dev"
trap '' CHLD
exec chroot "$2/root" sh -c 'echo ready; exec cat'
"""


@dataclass(frozen=True)
class Debian:
    """Its root as it is seen from outside, and the process that holds it."""

    root: Path
    holder: int

    def enter(self, *, folder: str = "/", **environment: str) -> list[str]:
        """The command line before one that runs there, with this environment alone."""
        passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
        variables = {"PATH": _PATH, "HOME": "/root", "LC_ALL": "C.UTF-8", **passed, **environment}
        # The interpreter of the tests is none of its; so `env` of there.
        inside = ["env", "-i", "-C", folder, *(f"{name}={value}" for name, value in variables.items())]
        return ["nsenter", f"--target={self.holder}", "--mount", "--pid", "--root", "--wd=/", *inside]

    def run(self, script: str, *, seconds: int = 300, **environment: str) -> str:
        """What a shell script printed there. AssertionError where it fails."""
        done = subprocess.run(
            [*self.enter(**environment), "sh", "-ec", script],
            capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    def install(self, *packages: str) -> None:
        """Installs Debian's packages, none of which starts anything."""
        self.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", mode=0o755)
        # What is lost with a power failure is lost anyway.
        self.write("/etc/dpkg/dpkg.cfg.d/quick", "force-unsafe-io\n")
        self.run(
            "apt-get update -qq && apt-get install -y -qq --no-install-recommends " + shlex.join(packages),
            DEBIAN_FRONTEND="noninteractive",
        )

    def write(self, path: str, text: str, *, mode: int = 0o644) -> None:
        """Writes a file there."""
        script = f"umask 022 && mkdir -p {Path(path).parent} && cat > {path} && chmod {mode:o} {path}"
        subprocess.run([*self.enter(), "sh", "-ec", script], input=text.encode(), check=True)


@contextmanager
def empty_debian() -> Iterator[Debian]:
    """One with `PACKAGES` and nothing else."""
    base = _base()
    # Not in /tmp, which may be an overlay itself, upon which none can stand.
    with TemporaryDirectory(prefix="layer-", dir=base.parent) as folder:
        for name in ("upper", "work", "root"):
            Path(folder, name).mkdir()
        unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", _HOLD, "sh"]
        holder = subprocess.Popen([*unshare, base, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"ready\n"
            # Whose first process it is, not the one that made the namespaces.
            first = int(Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text())
            yield _with_way_out(Debian(Path(folder, "root"), first))
        finally:
            holder.kill()
            holder.communicate()


def _with_way_out(made: Debian) -> Debian:
    for path in map(Path, _WAY_OUT):
        if path.exists():
            made.write(str(path), path.read_text())
    return made


def _base() -> Path:
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        raise RuntimeError("An empty Debian is made by root, with Debian's package debootstrap.")
    kind = hashlib.sha256(repr((SUITE, PACKAGES)).encode()).hexdigest()[:12]
    base = ROOT / ".data" / "debian" / kind
    if not base.exists():
        partial = base.with_name(f"partial-{os.getpid()}")
        partial.parent.mkdir(parents=True, exist_ok=True)
        _bootstrap(partial)
        partial.rename(base)
    return base


def _bootstrap(folder: Path) -> None:
    command: Sequence[str | Path] = [
        "debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, folder, MIRROR
    ]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
