"""The address that the web server takes: is it free, does it answer."""

import errno
import http.client
import socket
import time
from collections.abc import Callable
from http import HTTPStatus

from config.embedded.errors import EmbeddedError, say
from config.embedded.process import wait_until

# A web server whose supervisor was killed finishes its requests, at most `graceful_timeout` of config/gunicorn.py.
LEAVE_SECONDS = 6.0
START_SECONDS = 60.0
EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # nosec B104 # compared with, not bound to


def wait_until_free(host: str, port: int) -> None:
    """Return when the address can be listened on; EmbeddedError when it stays taken or is none of this machine's."""
    if _is_free(host, port):
        return
    say(f"port {port} is taken; waiting a moment for an earlier run to leave it …")
    if not wait_until(lambda: _is_free(host, port), LEAVE_SECONDS):
        raise EmbeddedError(
            f"Port {port} of {host} is taken by another program. Choose another: make run PORT={port + 1}"
        )


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the web server does: connections that linger after their end do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise EmbeddedError(f"HOST={host} PORT={port} cannot be listened on: {error.strerror}.") from error
    return True


def wait_until_alive(host: str, port: int, *, name: str, check: Callable[[], None]) -> None:
    """Return when health and the home page answer 200 to the host `name`; `check` raises when nobody can."""
    deadline = time.monotonic() + START_SECONDS
    # The one is answered by a process of its own, the other by those that work.
    while not all(_answers(EVERYWHERE.get(host, host), port, name, path) for path in ("/health/live", "/")):
        check()
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The web server does not answer on {host}:{port} after {START_SECONDS:.0f} seconds.")
        time.sleep(0.05)


def _answers(host: str, port: int, name: str, path: str) -> bool:
    client = http.client.HTTPConnection(host, port, timeout=5)
    try:
        client.request("GET", path, headers={"Host": name, "Connection": "close"})
        return client.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
