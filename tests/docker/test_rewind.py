"""A deletion undone: the server as it was a second before, from a copy of it and the archive of its log."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from config.embedded.binaries import postgres_program
from config.embedded.postgres import Postgres
from config.embedded.process import run
from tests.background.workers import until
from tests.common.db.frozen import PrivatePostgres, private_postgres
from tests.common.replicas.streaming import order
from tests.docker.test_restore import BIN, new_key

# The product's own tables are the drill's matter; here it is enough that a delivery is rows, which go.
MAKE = "CREATE TABLE delivery AS SELECT generate_series(1, 10000) AS id"


@dataclass
class Archive:
    """A server whose log is archived, the folder of the archive, and a key, all of the server's user."""

    postgres: PrivatePostgres
    folder: Path
    bin: Path
    key: Path | None

    def script(self, name: str, *arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        """Runs one of docker/bin as the server's user."""
        programs = postgres_program(self.postgres.layout, "pg_basebackup").parent
        environment = {
            "PATH": f"{programs}:{os.defpath}", "ARCHIVE": str(self.folder), "BACKUP_KEY_FILE": str(self.key or ""),
            "DATABASE_URL": self.launcher_url(), **settings,
        }  # fmt: skip
        variables = [f"{key}={value}" for key, value in environment.items()]
        command = ["/usr/bin/env", *variables, self.bin / name, *arguments]
        return run(command, self.postgres.layout.account)

    def launcher_url(self) -> str:
        place = self.postgres.layout
        host = str(place.socket_dir).replace("/", "%2F")
        return f"postgres://{place.launcher}:{place.launcher_password()}@{host}:{place.postgres_port}/postgres"

    def base(self, **settings: str) -> Path:
        done = self.script("base", **settings)
        assert done.returncode == 0, done.stdout
        return Path(done.stdout.strip())

    def stop(self) -> None:
        Postgres(self.postgres.layout).stop()

    def rewind(self, moment: str) -> subprocess.CompletedProcess[str]:
        """Puts another server's data in the place of this one's, which stands still."""
        data = self.postgres.layout.postgres_data
        shutil.rmtree(data)
        # Whose folder it is may make nothing in it.
        parent = self.folder / "rewound"
        shutil.rmtree(parent, ignore_errors=True)
        done = self.script("rewind", moment, parent)
        if done.returncode == 0:
            shutil.move(parent, data)
        return done

    def start(self) -> None:
        self.postgres.start()
        until(lambda: order(self.postgres, "SELECT NOT pg_is_in_recovery()"))


@pytest.fixture(params=["encrypted", "plain"])
def archive(request: pytest.FixtureRequest) -> Iterator[Archive]:
    # The folder goes last: the server archives as long as it runs.
    with TemporaryDirectory(prefix="demanda-", dir="/tmp") as folder, private_postgres() as postgres:
        place = Path(folder)
        place.chmod(0o755)
        shutil.copytree(BIN, place / "bin")
        key = new_key(place / "key") if request.param == "encrypted" else None
        (place / "archive").mkdir()
        for path in filter(None, (key, place / "archive")):
            os.chown(path, postgres.layout.account.uid, postgres.layout.account.gid)
        found = Archive(postgres, place / "archive", place / "bin", key)
        keep = f"env PATH={os.defpath} ARCHIVE={found.folder} BACKUP_KEY_FILE={key or ''} {found.bin}/wal keep %p %f"
        for setting in ("archive_mode = on", f"archive_command = '{keep}'"):
            order(postgres, f"ALTER SYSTEM SET {setting}")
        found.stop()
        postgres.start()
        yield found


def rows(postgres: PrivatePostgres) -> object:
    return order(postgres, "SELECT count(*) FROM delivery")


def test_a_deletion_is_undone_and_what_came_before_it_is_there(archive: Archive) -> None:
    order(archive.postgres, "CREATE TABLE before AS SELECT 1")
    archive.base()
    # A second later: the name of the copy knows no less.
    time.sleep(1)
    order(archive.postgres, MAKE)
    moment = str(order(archive.postgres, "SELECT clock_timestamp()::text"))
    time.sleep(1)
    order(archive.postgres, "DELETE FROM delivery")
    assert rows(archive.postgres) == 0
    archive.stop()
    done = archive.rewind(moment)
    assert done.returncode == 0, done.stdout
    archive.start()
    assert rows(archive.postgres) == 10_000
    # It goes on from there, and what it writes is archived too.
    order(archive.postgres, "INSERT INTO delivery VALUES (0)")
    archive.base()
    archive.stop()
    # The control: at the end of the log the first server's rows are gone, and its second life is another's.
    assert archive.rewind("latest").returncode == 0
    archive.start()
    assert rows(archive.postgres) == 10_001


def test_nothing_is_made_where_there_is_no_copy_or_another_key(archive: Archive, tmp_path: Path) -> None:
    archive.base()
    too_early = archive.script("rewind", "2020-01-01 00:00:00+00", archive.folder / "new")
    assert (too_early.returncode, "no copy from before" in too_early.stdout) == (1, True)
    if archive.key is not None:
        other = new_key(archive.folder.parent / "other")
        os.chown(other, archive.postgres.layout.account.uid, archive.postgres.layout.account.gid)
        closed = archive.script("rewind", "latest", archive.folder / "new", BACKUP_KEY_FILE=str(other))
        assert (closed.returncode, "is not of this key" in closed.stdout) == (1, True)
    assert not list(archive.folder.glob("new*"))
    assert archive.script("rewind", "latest", archive.folder / "new").returncode == 0
    # What stands there is put beside; where a server runs in it, nothing is done.
    assert archive.script("rewind", "latest", archive.folder / "new").returncode == 0
    assert len(list(archive.folder.glob("new.until-*"))) == 1
    (archive.folder / "new" / "postmaster.pid").touch()
    used = archive.script("rewind", "latest", archive.folder / "new")
    assert (used.returncode, "stop it first" in used.stdout) == (1, True)


def test_the_log_from_before_the_oldest_copy_goes_with_the_others(archive: Archive) -> None:
    first = archive.base()
    order(archive.postgres, MAKE)
    order(archive.postgres, "SELECT pg_switch_wal()")
    old = {path.name for path in (archive.folder / "wal").iterdir()}
    time.sleep(1)
    second = archive.base(BACKUP_KEEP="2")
    assert (first.exists(), second.exists()) == (True, True)
    time.sleep(1)
    third = archive.base(BACKUP_KEEP="1")
    assert [path.exists() for path in (first, second, third)] == [False, False, True]
    assert old & {path.name for path in (archive.folder / "wal").iterdir()} == set()
    archive.stop()
    assert archive.rewind("latest").returncode == 0
    archive.start()
    assert rows(archive.postgres) == 10_000


def test_another_log_of_the_same_name_takes_no_place(archive: Archive, tmp_path: Path) -> None:
    wal, other = archive.folder.parent / "0", archive.folder.parent / "1"
    wal.write_text("a")
    other.write_text("b")
    for path in (wal, other):
        path.chmod(0o644)
    name = "000000090000000000000001"
    assert [archive.script("wal", "keep", path, name).returncode for path in (wal, wal, other)] == [0, 0, 1]
    fetched = archive.folder / "fetched"
    assert archive.script("wal", "fetch", name, fetched).returncode == 0
    assert fetched.read_text() == "a"
    assert archive.script("wal", "fetch", "000000090000000000000002", fetched).returncode == 1


def test_a_drill_reads_a_backup_to_its_end_and_leaves_nothing(archive: Archive) -> None:
    order(archive.postgres, "CREATE TABLE django_migrations AS SELECT 1")
    archive.base()
    done = archive.script("drill")
    assert (done.returncode, "demanda_drill_timestamp_seconds" in done.stdout) == (0, True), done.stdout
    dump = archive.script("backup", archive.folder).stdout.strip()
    assert (archive.script("drill", dump).returncode, (archive.folder / ".drill").exists()) == (0, False)
    # The controls: one that is damaged, and one of nothing that is ours.
    path = next(archive.folder.glob("*.base.*"))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert archive.script("drill").returncode == 1
    path.write_bytes(whole)
    order(archive.postgres, "DROP TABLE django_migrations")
    emptied = archive.script("drill", archive.script("backup", archive.folder).stdout.strip())
    assert (emptied.returncode, "demanda_drill" in emptied.stdout) == (1, False)
    assert not (archive.folder / ".drill").exists()
