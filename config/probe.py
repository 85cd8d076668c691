"""`python -m config.probe web|alive`, the health check of a container: exit code 0 or 1, and why on standard error.

`web`: the web server of this container can serve. `alive`: the worker or beat has shown a sign of life lately.
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


def web() -> str:
    """What is wrong; blank when the web server is ready."""
    client = http.client.HTTPConnection("127.0.0.1", env.PORT, timeout=_ANSWER_SECONDS)
    name = next((name for name in env.ALLOWED_HOSTS if not name.startswith(".")), "localhost")
    try:
        client.request("GET", "/health/ready", headers={"Host": name, "Connection": "close"})
        status = client.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"it does not answer: {type(error).__name__}"
    finally:
        client.close()
    return "" if status == HTTPStatus.OK else f"it answers {status}"


def alive() -> str:
    """What is wrong; blank when HEARTBEAT_PATH was touched within `SILENT_SECONDS`."""
    try:
        age = time.time() - Path(env.HEARTBEAT_PATH).stat().st_mtime
    except OSError:
        return "there was no sign of life yet"
    return "" if age < SILENT_SECONDS else f"the last sign of life is {age:.0f} seconds old"


PROBES = {"web": web, "alive": alive}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in PROBES:
        sys.stderr.write("usage: python -m config.probe web|alive\n")
        return 2
    wrong = PROBES[arguments[0]]()
    if wrong:
        sys.stderr.write(f"{wrong}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
