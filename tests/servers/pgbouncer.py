"""Debian's PgBouncer before the test database: it shares few sessions of the server among many callers."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import psycopg2
from django.db import connection

from config.embedded.account import service_account
from config.embedded.process import end, spawn, wait_until

PROGRAM = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
POOL = "pooled"
_PORT = 6432
_CONFIGURATION = """
[databases]
{pool} = host={HOST} port={PORT} dbname={NAME} user={USER} {password}
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = any
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 2000
listen_backlog = 2000
"""


@contextmanager
def pooler(sessions: int) -> Iterator[str]:
    """The address of the test database by way of so many sessions at most."""
    assert PROGRAM is not None
    place, account = connection.settings_dict, service_account()
    with TemporaryDirectory(prefix="demanda-pool-", dir="/tmp") as name:
        folder = Path(name)
        password = f"password='{place['PASSWORD']}'" if place["PASSWORD"] else ""
        values = {**place, "PORT": place["PORT"] or 5432, "password": password}
        values |= {"pool": POOL, "port": _PORT, "folder": folder, "sessions": sessions}
        configuration = folder / "pgbouncer.ini"
        configuration.write_text(_CONFIGURATION.format(**values))
        for path in (folder, configuration):
            shutil.chown(path, account.uid, account.gid)
        process = spawn([PROGRAM, "--quiet", configuration], account)
        try:
            url = f"postgres://any@{quote(name, safe='')}:{_PORT}/{POOL}"
            assert wait_until(lambda: _answers(url), 20), process.poll()
            yield url
        finally:
            end(process.pid, (signal.SIGINT, 5.0), (signal.SIGKILL, 5.0))
            process.wait(5)
            if process.stdout:
                process.stdout.close()


def count(pool: str, what: str) -> int:
    """The CLIENTS or the SERVERS, by its own word, of the pooler at this address: who has connected, and to whom."""
    with closing(psycopg2.connect(f"{pool.rpartition('/')[0]}/pgbouncer")) as console:
        console.autocommit = True
        with console.cursor() as cursor:
            cursor.execute(f"SHOW {what}")
            return len(cursor.fetchall())


def _answers(pool: str) -> bool:
    """Not as soon as there is its socket: it listens a moment later."""
    try:
        return count(pool, "CLIENTS") > 0
    except psycopg2.OperationalError:
        return False
