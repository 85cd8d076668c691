"""A PostgreSQL, its replica and a Redis, each on a host of its own."""

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

from config import env
from config.embedded import layout
from config.embedded.account import service_account
from config.embedded.binaries import postgres_program, redis_program
from config.embedded.process import wait_until
from tests.several_hosts.network import Host

USER = "demanda"
START_SECONDS = 60
_PLAIN = {"LC_ALL": "C", "TZ": "UTC"}
# As docs/operations.md advises where a host may fall silent.
SETTINGS = {
    "listen_addresses": "*",
    "shared_buffers": "128MB",
    "client_connection_check_interval": "5s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25s",
}


class Postgres:
    """A server on a host. Its superuser comes by its socket, and needs no network."""

    def __init__(self, host: Host) -> None:
        self.host, self._account = host, service_account()
        self._data = host.folder / "postgres" / "data"
        self._data.parent.mkdir()
        shutil.chown(self._data.parent, self._account.uid, self._account.gid)

    def initialise(self, subnet: str, password: str) -> None:
        """Makes its data, and the role and the database of the product."""
        how = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C")
        builtin = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self._run("initdb", f"--pgdata={self._data}", *how, *builtin)
        lines = [f"host {database} all {subnet} scram-sha-256\n" for database in ("all", "replication")]
        with (self._data / "pg_hba.conf").open("a") as file:
            file.writelines(lines)
        self.start()
        self.order(f"CREATE ROLE {USER} LOGIN REPLICATION PASSWORD '{password}'")
        self.order(f"CREATE DATABASE {USER} OWNER {USER} TEMPLATE template0")

    def follow(self, first: "Postgres", password: str) -> None:
        """Makes its data a copy of another server's, which it follows from then on."""
        source = f"host={first.host.address} user={USER} password={password}"
        self._run("pg_basebackup", "-d", source, "-D", str(self._data), "-R", "-c", "fast")
        self.start()

    def replace_by_replica(self, first: "Postgres", password: str) -> None:
        """Makes one that is gone anew, as a replica of the one that took over."""
        shutil.rmtree(self._data)
        self.follow(first, password)

    def wait_for_replica(self) -> None:
        """From now on nothing is acknowledged that a replica does not have."""
        self.order("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.order("SELECT pg_reload_conf()")
        synchronous = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        assert wait_until(lambda: self.order(synchronous) == 1, START_SECONDS), self.host.logs()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        given = {**SETTINGS, "unix_socket_directories": str(self._data.parent)}
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        program = postgres_program(layout(env.DATA_DIR), "postgres")
        self.host.start("postgres", program, "-D", self._data, *options, environment=_PLAIN, account=self._account)
        assert wait_until(self._answers, START_SECONDS), self.host.logs()

    def _answers(self) -> bool:
        try:
            return bool(self.order("SELECT true"))
        except psycopg2.OperationalError:
            return False

    def order(self, statement: str, *, database: str = "postgres") -> Any:
        """What its superuser is answered, in the first column of the first row."""
        rows = self.ask(statement, database=database)
        return rows[0][0] if rows else None

    def ask(self, statement: str, *, database: str = USER) -> list[tuple[Any, ...]]:
        """The rows that its superuser is answered."""
        opened = psycopg2.connect(host=str(self._data.parent), user="postgres", dbname=database)
        opened.autocommit = True
        with closing(opened), opened.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _run(self, program: str, *arguments: str) -> None:
        path = postgres_program(layout(env.DATA_DIR), program)
        self.host.run(path, *arguments, environment=_PLAIN, account=self._account)


def start_redis(host: Host, password: str) -> None:
    """Starts one on what it had written, as docker/compose.yml does."""
    program = redis_program(layout(env.DATA_DIR))
    assert program is not None
    kept = ("--dir", str(host.folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "")
    reached = ("--bind", host.address, "--port", "6379", "--requirepass", password)
    host.start("redis", program, *reached, *kept, "--maxmemory-policy", "noeviction", environment=_PLAIN)


def empty(folder: Path, pattern: str) -> None:
    """Removes the files of a folder with such names."""
    for file in folder.glob(pattern):
        file.unlink()
