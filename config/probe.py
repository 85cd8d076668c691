"""`python -m config.probe web|alive|idle`, asked in a container: exit code 0 or 1, and why on standard error.

`web`: the web server of this container can serve. `alive`: the worker or beat has shown a sign of life lately. `idle`
waits until the web server has nobody to serve.
"""

import http.client
import sys
import time
from http import HTTPStatus
from pathlib import Path

from config import env

SILENT_SECONDS = 60
# Ready answers within two seconds, whatever is away.
_ANSWER_SECONDS = 4
_LOOK_SECONDS = 0.2
# The kernel's connections, and what it calls one that is open on both sides.
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ESTABLISHED = "01"


def web() -> str:
    """What is wrong; blank when the web server is ready, and works."""
    return _asked(env.HEALTH_PORT, "GET", "/health/ready") or _asked(env.PORT, "OPTIONS", "/")


def _asked(port: int, method: str, path: str) -> str:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    name = next((name for name in env.ALLOWED_HOSTS if not name.startswith(".")), "localhost")
    try:
        # As the front asks, behind which there is TLS.
        client.request(method, path, headers={"Host": name, "Connection": "close", "X-Forwarded-Proto": "https"})
        status = client.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"port {port} does not answer: {type(error).__name__}"
    finally:
        client.close()
    return "" if status < HTTPStatus.BAD_REQUEST else f"port {port} answers {status}"


def idle() -> str:
    """What is wrong; blank as soon as nobody is connected to the web server any more, as its front has let it go."""
    ends = time.monotonic() + env.DRAIN_SECONDS
    while busy := _connections(env.PORT):
        if time.monotonic() > ends:
            return f"{busy} connections are still open after {env.DRAIN_SECONDS:.0f} seconds"
        time.sleep(_LOOK_SECONDS)
    return ""


def _connections(port: int) -> int:
    """How many are open to this port of this machine, or container."""
    lines = [line for table in _TABLES if table.exists() for line in table.read_text().splitlines()[1:]]
    # Of each its number, its own address and the other's, and its state.
    states = [line.split()[3] for line in lines if int(line.split()[1].rpartition(":")[2], 16) == port]
    return states.count(_ESTABLISHED)


def alive() -> str:
    """What is wrong; blank when HEARTBEAT_PATH was touched within `SILENT_SECONDS`."""
    try:
        age = time.time() - Path(env.HEARTBEAT_PATH).stat().st_mtime
    except OSError:
        return "there was no sign of life yet"
    return "" if age < SILENT_SECONDS else f"the last sign of life is {age:.0f} seconds old"


PROBES = {"web": web, "alive": alive, "idle": idle}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in PROBES:
        sys.stderr.write("usage: python -m config.probe web|alive|idle\n")
        return 2
    wrong = PROBES[arguments[0]]()
    if wrong:
        sys.stderr.write(f"{wrong}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
