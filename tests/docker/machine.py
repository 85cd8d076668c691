"""Production's front and web services as processes of this machine, and the `docker` that demanda.sh finds there.

`python -m tests.docker.machine FILE compose …` does to them what `docker compose …` would do to containers.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from config.embedded.front import free_port, nginx
from config.embedded.process import end, wait_until
from tests.server import ROOT

BIN = ROOT / "docker" / "bin"
START_SECONDS = 120
# As compose.yml has it.
STOP_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the front listens, the environment of each service by its name, and a folder for what they write."""

    folder: str
    url: str
    services: dict[str, dict[str, str]]

    @property
    def web(self) -> list[str]:
        """The names of the web services."""
        return [name for name in self.services if name != "front"]

    def start(self, name: str) -> None:
        """Starts a service; it runs on when this process has ended."""
        script = BIN / ("front" if name == "front" else "web")
        # A child of nobody here.
        done = subprocess.run(
            ["sh", "-c", 'setsid "$0" < /dev/null >> "$1" 2>&1 & echo $!', script, self._path(name, "log")],
            env=self._environment(name),
            check=True,
            stdout=subprocess.PIPE,
        )
        self._path(name, "pid").write_bytes(done.stdout)

    def number(self, name: str) -> int:
        """Of the process of a service."""
        return int(self._path(name, "pid").read_text())

    def stop(self, name: str, *steps: tuple[signal.Signals, float]) -> None:
        """Ends a service: in its own way, if no other is named, and what is left of it by force."""
        path = self._path(name, "pid")
        if path.exists():
            number = self.number(name)
            end(number, *(steps or ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5))))
            with suppress(ProcessLookupError):
                os.killpg(number, signal.SIGKILL)
            path.unlink()

    def wait(self, name: str) -> None:
        """Returns when a web service is well. Raises TimeoutError."""
        if not wait_until(lambda: self.run(name, "-m", "config.probe", "web") == 0, START_SECONDS):
            raise TimeoutError(self._path(name, "log").read_text())

    def run(self, name: str, *arguments: str) -> int:
        """The exit code of a program in the place of a service: of Python, or of the front's script."""
        program = BIN / "front" if name == "front" else sys.executable
        done = subprocess.run([program, *arguments], cwd=ROOT, env=self._environment(name), check=False)
        return done.returncode

    def compose(self, arguments: Sequence[str]) -> int:
        """What `docker compose` does of this; the exit code."""
        match arguments:
            case ["ps", *_]:
                sys.stdout.write("front\n")
            case ["exec", "-T", name, _, *rest]:
                return self.run(name, *rest)
            case ["up", *_, name] if name in self.web:
                self.stop(name)
                self.start(name)
                self.wait(name)
        return 0

    def save(self) -> Path:
        """A folder with a `docker` that knows this machine, for the PATH."""
        file, program = self._path("machine", "json"), Path(self.folder, "bin", "docker")
        file.write_text(json.dumps(asdict(self)))
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\ncd {ROOT}\nexec {sys.executable} -m tests.docker.machine {file} "$@"\n')
        program.chmod(0o755)
        return program.parent

    def _environment(self, name: str) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {**os.environ, "PATH": path, **self.services[name]}

    def _path(self, name: str, kind: str) -> Path:
        return Path(self.folder, f"{name.replace('/', '-')}.{kind}")


def make_certificate(certificate: Path, key: Path) -> None:
    """Writes a new certificate of one's own and its key."""
    algorithm = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    openssl = ["openssl", "req", "-x509", "-nodes", *algorithm, "-subj", "/CN=demanda", "-days", "2"]
    subprocess.run([*openssl, "-keyout", key, "-out", certificate], check=True, capture_output=True)


def machine(folder: Path, port: int, environment: Mapping[str, str], *, size: Mapping[str, str]) -> Machine:
    """A front on this port of loopback, with a certificate of its own, and two web services with this environment."""
    certificate, key = folder / "certificate", folder / "key"
    make_certificate(certificate, key)
    services = {}
    for number in ("a", "b"):
        work, health = str(free_port()), str(free_port())
        services[f"127.0.0.1:{work}/{health}"] = {
            **environment, **size, "HOST": "127.0.0.1", "PORT": work, "HEALTH_PORT": health, "TRUSTED_PROXIES": "1",
            "PROMETHEUS_MULTIPROC_DIR": str(folder / f"metrics-{number}"),
        }  # fmt: skip
    services["front"] = {
        **size, "FRONT_WEB": " ".join(services), "FRONT_HTTP": f"127.0.0.1:{free_port()}",
        "FRONT_HTTPS": f"127.0.0.1:{port}", "FRONT_CERTIFICATE": str(certificate), "FRONT_KEY": str(key),
        "FRONT_ACME": str(folder / "acme"), "FRONT_FOLDER": str(folder / "front"), "FRONT_TEMP": str(folder / "temp"),
        "FRONT_NGINX": str(nginx()), "FRONT_LOOK_SECONDS": "1", "FRONT_USER": "root" if os.geteuid() == 0 else "",
    }  # fmt: skip
    return Machine(str(folder), f"https://127.0.0.1:{port}", services)


if __name__ == "__main__":
    described, _, *command = sys.argv[1:]
    sys.exit(Machine(**json.loads(Path(described).read_text())).compose(command))
