"""The operating system's user that the services run as."""

import os
import pwd
from dataclasses import dataclass

NOBODY = 65534


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user and its group, by number."""

    uid: int
    gid: int


def runs_as_root() -> bool:
    return os.geteuid() == 0


def service_account() -> Account:
    """Oneself; for root, who must not run PostgreSQL, the user that owns nothing."""
    if not runs_as_root():
        return Account(uid=os.geteuid(), gid=os.getegid())
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(uid=NOBODY, gid=NOBODY)
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)
