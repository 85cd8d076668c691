"""Processes of the operating system: run them as another user, find out whose they are, end them."""

import ctypes
import os
import signal
import subprocess  # nosec B404 # starts programs of wheels, never through a shell
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.embedded.account import Account

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# Nothing of the caller's environment reaches the services: PGHOST, LC_ALL and the like would change them.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def spawn(command: Sequence[str | Path], account: Account) -> subprocess.Popen[str]:
    """Start `command` as `account`, its output piped, in a session of its own: Ctrl-C in the terminal spares it."""
    user: dict[str, Any] = {}
    if account.uid != os.geteuid():
        user = {"user": account.uid, "group": account.gid, "extra_groups": []}
    return subprocess.Popen(  # nosec B603 # a list of arguments, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        # The user of the services may not be able to enter the current folder.
        cwd="/",
        env=ENVIRONMENT,
        start_new_session=True,
        **user,
    )


def run(command: Sequence[str | Path], account: Account) -> subprocess.CompletedProcess[str]:
    """Run `command` as `account` to its end; it dies with the caller's wait."""
    process = spawn(command, account)
    try:
        output, _ = process.communicate()
    except BaseException:
        process.kill()
        process.wait()
        raise
    return subprocess.CompletedProcess(command, process.returncode, output)


def command_line(pid: int) -> str:
    """The command line of a living process; blank for a dead one and for a zombie."""
    if PROC.is_dir():
        try:
            return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    listing = subprocess.run(  # nosec B603, B607 # the system's own program, no shell
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listing.stdout.strip()


def recorded(pid_file: Path, marker: str) -> int | None:
    """The process that `pid_file` names in its first line, if it lives and its command line contains `marker`.

    A number alone proves nothing: after a crash it may belong to a stranger.
    """
    try:
        pid = int(pid_file.read_text().splitlines()[0])
    except (OSError, IndexError, ValueError):
        return None
    return pid if marker in command_line(pid) else None


def working_in(folder: Path) -> list[int]:
    """The processes whose current folder is `folder`; none where the system does not tell (no /proc)."""
    return [int(entry.name) for entry in PROC.glob("[0-9]*") if _current_folder(entry) == str(folder)]


def _current_folder(entry: Path) -> str:
    try:
        return str((entry / "cwd").readlink())
    except OSError:
        return ""


def end(pid: int, *steps: tuple[signal.Signals, float]) -> bool:
    """Send one signal after the other, each with its seconds to take effect; whether the process is gone."""
    for number, seconds in steps:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        if wait_until(lambda: _is_gone(pid), seconds):
            return True
    return False


def _is_gone(pid: int) -> bool:
    # Where it is our child, take it off the list of processes.
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return not command_line(pid)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Look every 20 ms; whether `condition` came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def adopt_orphans() -> None:
    """From now on the services that this process starts become its children, which it sees off. Linux can do it."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1)


def dying_with_parent() -> Callable[[], None] | None:
    """For `preexec_fn`: the child gets SIGTERM when the calling process dies, of SIGKILL too. Linux alone can do it."""
    if sys.platform != "linux":
        return None
    # Loaded before the fork: the child must not do more than two system calls.
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def follow() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        # The parent may have died before the request was made.
        if os.getppid() != parent:
            os._exit(1)

    return follow
