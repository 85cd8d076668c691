"""Folders and small files that only their owner may read."""

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from config.embedded.account import Account, runs_as_root
from config.embedded.errors import EmbeddedError

LOG_LIMIT = 10 * 1024 * 1024


def kept(path: Path, make: Callable[[], str]) -> str:
    """The text in `path`, made on the first call and the same ever after, whoever calls at the same moment."""
    if path.exists():
        return path.read_text()
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        write_private(fresh, make())
        # A link refuses to replace: of two that come at once, the second reads what the first has kept.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a new file of mode 0600 through to the disk; FileExistsError if it is there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def private_folder(path: Path, owner: Account, mode: int = 0o700) -> None:
    """Make `path` a folder of `owner` that nobody else can read, or check that it is one.

    Raises EmbeddedError when somebody else was there first: in a shared folder such as /tmp anyone may take a name.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        _check_private(path, owner, mode)
        return
    # Whatever the umask says.
    path.chmod(mode)
    if owner.uid != os.geteuid():
        os.chown(path, owner.uid, owner.gid)


def _check_private(path: Path, owner: Account, mode: int) -> None:
    found = path.lstat()
    # Root may have been killed between making the folder and giving it away.
    if runs_as_root() and stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
        os.chown(path, owner.uid, owner.gid, follow_symlinks=False)
        found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.uid or stat.S_IMODE(found.st_mode) != mode:
        raise EmbeddedError(
            f"{path} is not a private folder (mode {mode:o}) of user {owner.uid}. If somebody else has made it, "
            "remove it; else restore its owner and its mode."
        )


def rotate(log: Path) -> None:
    """Put a log that has grown long aside, once; the one put aside before it goes."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".old"))


def tail(log: Path, lines: int = 15, *, since: int = 0) -> str:
    """The last lines of a log, for an error message; of those after its first `since` bytes."""
    if not log.exists():
        return ""
    return "\n".join(log.read_bytes()[since:].decode(errors="replace").splitlines()[-lines:])
