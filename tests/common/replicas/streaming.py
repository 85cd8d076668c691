"""A PostgreSQL that streams from another one, both of one's own."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from config.embedded import Layout, ensure
from config.embedded.binaries import postgres_program
from config.embedded.clean import remove
from config.embedded.files import private_folder
from config.embedded.postgres import Postgres
from config.embedded.postgres_client import connect
from config.embedded.process import run
from tests.common.db.frozen import PrivatePostgres


@contextmanager
def replica_of(primary: PrivatePostgres, settings: Mapping[str, str]) -> Iterator[PrivatePostgres]:
    """A replica of `primary` with `settings` of its own, which is gone at the end."""
    with TemporaryDirectory(prefix="demanda-", dir="/tmp") as folder:
        data = Path(folder) / "data"
        session = ensure(data, postgres=False, redis=False)
        try:
            copy(primary.layout, session.layout, settings)
            Postgres(session.layout).ensure()
            yield PrivatePostgres(session.layout)
        finally:
            session.close()
            remove(data)


def copy(origin: Layout, place: Layout, settings: Mapping[str, str]) -> None:
    """Makes the data of the replica, ready to be started."""
    for name in ("password", "launcher_password"):
        shutil.copy(origin.services / name, place.services / name)
    private_folder(place.postgres_data, place.account)
    sign_in = f"user={origin.launcher} password={origin.launcher_password()}"
    source = f"host={origin.socket_dir} port={origin.postgres_port} {sign_in}"
    program = postgres_program(place, "pg_basebackup")
    done = run([program, "-d", source, "-D", str(place.postgres_data), "-R", "-c", "fast"], place.account)
    assert done.returncode == 0, done.stdout
    with (place.postgres_data / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


def order(postgres: PrivatePostgres, statement: str) -> object:
    """What the server's superuser is answered, in its first column."""
    with closing(connect(postgres.layout)) as superuser, superuser.cursor() as cursor:
        cursor.execute(statement)
        return (cursor.fetchone() or (None,))[0] if cursor.description else None
