"""Using the embedded services: join or start, hold, leave, and stop what nobody uses any more."""

import atexit
import os
from pathlib import Path

from config.embedded.account import Account, runs_as_root
from config.embedded.binaries import make_system_home
from config.embedded.disk import Ballast, telling_of_a_full_disk
from config.embedded.files import private_folder
from config.embedded.layout import SYSTEM_HOME, Layout, layout
from config.embedded.membership import Membership, exclusive
from config.embedded.postgres import Postgres
from config.embedded.redis import Redis


class Session:
    """One process's use of the services. It ends with `close`, at the interpreter's exit, or with the process.

    A process that is killed leaves without stopping anything: the next member to leave does it.
    """

    def __init__(self, places: Layout, *, postgres: bool, redis: bool) -> None:
        self.layout = places
        self.redis = False
        self._postgres = postgres
        self._wants_redis = redis
        self._membership: Membership | None = Membership(places.home)

    def start(self) -> None:
        """Start what does not run, also later, when a server died. Call it under `exclusive`."""
        for folder in (self.layout.logs, self.layout.socket_dir):
            private_folder(folder, self.layout.account)
        if self._postgres:
            Postgres(self.layout).ensure()
        if self._wants_redis:
            self.redis = Redis(self.layout).ensure()

    def repair(self) -> None:
        """Start a server that has died, unless all of them live, and make the ballast again when there is room."""
        postgres_is_well = not self._postgres or (
            Postgres(self.layout).pid() is not None and not Ballast(self.layout).is_due()
        )
        redis_lives = not self.redis or Redis(self.layout).pid() is not None
        if not (postgres_is_well and redis_lives):
            with exclusive(self.layout.home):
                self.start()

    def close(self) -> None:
        """Leave; the last member stops the services. A second call does nothing.

        A forked child may close too: the membership is its parent's as well and lasts until both have left.
        """
        if self._membership is not None:
            with exclusive(self.layout.home):
                self.leave()

    def leave(self) -> None:
        """`close`, for who holds `exclusive` already."""
        membership, self._membership = self._membership, None
        atexit.unregister(self.close)
        if membership is not None and membership.leave():
            stop(self.layout)


def ensure(data_dir: Path, *, postgres: bool = True, redis: bool = True) -> Session:
    """Join the services of `data_dir` or start them, and return when they answer.

    `Session.redis` says whether there is a Redis: the product goes on without one. Raises EmbeddedError with the reason
    and the way out.
    """
    with telling_of_a_full_disk(data_dir):
        places = layout(data_dir)
        _make_home(places)
        # Made here, where it can be said that there is no room for it; settings are read by many programs.
        places.secret_key()
        return _join(places, postgres=postgres, redis=redis)


def _join(places: Layout, *, postgres: bool, redis: bool) -> Session:
    with exclusive(places.home):
        session = Session(places, postgres=postgres, redis=redis)
        atexit.register(session.close)
        try:
            session.start()
        except BaseException:
            session.leave()
            raise
    return session


def stop(places: Layout) -> None:
    """Stop both servers. Call it under `exclusive`, when nobody uses them."""
    Redis(places).stop()
    Postgres(places).stop()


def _make_home(places: Layout) -> None:
    """For root the data lies where the services' user can reach it; a link in the data folder says where."""
    if not runs_as_root():
        return
    make_system_home()
    with exclusive(SYSTEM_HOME):
        private_folder(places.home, Account(uid=os.geteuid(), gid=os.getegid()), mode=0o711)
        link = places.services / "home"
        if not link.is_symlink():
            link.symlink_to(places.home)
