"""The restore drill: a dump by the script that operators use, put into another database, compared table by table."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2 import sql

from config import env
from config.embedded import layout
from config.embedded.binaries import postgres_program
from imports.services.loading.load_document import load_document
from tests.common.helpers import one_airport
from tests.common.observe.metrics.samples import samples
from tests.docker.conftest import new_database
from tests.factories import delivery
from tests.server import ROOT, database_url

BIN = ROOT / "docker" / "bin"
# A row as text, its columns in their order; the sum does not depend on the order of the rows.
_CHECKSUM = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} AS t"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"


@pytest.fixture
def stored(transactional_db: None) -> None:
    """Something in many tables, with the letters and the characters that a dump has to escape."""
    citizens = delivery(300, relations=2, seed=1)
    citizens[0] |= {"name": "Łukasz \\N\t\r\n'Ω\"", "street": "7\\."}
    load_document(body=json.dumps({"citizens": citizens}).encode(), source="north 'n' \\t", actor=None)
    one_airport()


@pytest.fixture
def other() -> Iterator[str]:
    """The address of an empty database."""
    with new_database() as url:
        yield url


def script(name: str, *arguments: str | Path, url: str, **settings: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one of docker/bin with the programs of the suite's PostgreSQL."""
    programs = postgres_program(layout(env.DATA_DIR), "pg_dump").parent
    environment = {"PATH": f"{programs}:{os.defpath}", "DATABASE_URL": url, **settings}
    return subprocess.run(
        [BIN / name, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A key, and another."""
    return new_key(tmp_path / "key"), new_key(tmp_path / "other")


def new_key(path: Path) -> Path:
    if shutil.which("age-keygen") is None:
        pytest.skip("Encrypted backups want Debian's package age.")
    subprocess.run(["age-keygen", "--output", path], check=True, capture_output=True)
    return path


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def contents(url: str) -> dict[str, Any]:
    """Count and checksum of every table, and where every sequence stands."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        found: dict[str, Any] = {}
        for name in tables:
            cursor.execute(sql.SQL(_CHECKSUM).format(sql.Identifier(name)))
            found[name] = cursor.fetchone()
        cursor.execute(_SEQUENCES)
        return {**found, "sequences": cursor.fetchall()}


def test_a_restored_database_is_the_same_and_up_to_date(stored: None, other: str, tmp_path: Path) -> None:
    before = contents(database_url())
    assert before["imports_citizen"][0] == 300
    dump = script("backup", tmp_path, url=database_url())
    assert dump.returncode == 0, dump.stderr
    restored = script("restore", dump.stdout.strip(), url=other)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert contents(other) == before
    check = [sys.executable, "manage.py", "migrate", "--check"]
    up_to_date = subprocess.run(check, cwd=ROOT, env={**os.environ, "DATABASE_URL": other}, check=False)
    assert up_to_date.returncode == 0


def test_a_restore_replaces_what_is_there_also_what_the_dump_does_not_know(
    stored: None, other: str, tmp_path: Path
) -> None:
    with closing(psycopg2.connect(other)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE newer (id int); CREATE TABLE imports_citizen (id int)")
    dump = script("backup", tmp_path, url=database_url()).stdout.strip()
    assert [script("restore", dump, url=other).returncode for _ in range(2)] == [0, 0]
    assert contents(other) == contents(database_url())


@pytest.mark.parametrize("part", [0.3, 0.6, 0.98])
def test_a_damaged_dump_changes_nothing(stored: None, other: str, tmp_path: Path, part: float) -> None:
    with closing(psycopg2.connect(other)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id int)")
    dump = Path(script("backup", tmp_path, url=database_url()).stdout.strip())
    whole = dump.read_bytes()
    dump.write_bytes(whole[: int(len(whole) * part)])
    assert script("restore", dump, url=other).returncode != 0
    assert ask(other, _TABLES) == [("kept",)]


def test_a_backup_says_when_it_succeeded_and_one_that_fails_leaves_nothing(stored: None, tmp_path: Path) -> None:
    failed = script("backup", tmp_path, url=f"{database_url()}_not_there")
    assert (failed.returncode != 0, list(tmp_path.iterdir())) == (True, [])
    dump = Path(script("backup", tmp_path, url=database_url()).stdout.strip())
    assert dump.stat().st_mode & 0o077 == 0
    told = samples((tmp_path / "demanda.prom").read_text())
    assert told["demanda_backup_bytes"] == dump.stat().st_size
    assert abs(told["demanda_backup_timestamp_seconds"] - dump.stat().st_mtime) < 60


def test_an_encrypted_dump_holds_nothing_readable_and_its_key_opens_it(
    stored: None, other: str, tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    dump = Path(script("backup", tmp_path, url=database_url(), BACKUP_KEY_FILE=keys[0]).stdout.strip())
    assert (dump.suffix, dump.read_bytes()[:21]) == (".age", b"age-encryption.org/v1")
    # The control: one that is not encrypted names its tables.
    plain = Path(script("backup", tmp_path, url=database_url()).stdout.strip())
    assert (b"imports_citizen" in plain.read_bytes(), b"imports_citizen" in dump.read_bytes()) == (True, False)
    restored = script("restore", dump, url=other, BACKUP_KEY_FILE=keys[0])
    assert (restored.returncode, restored.stderr) == (0, "")
    assert contents(other) == contents(database_url())


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("wrong key", "is not of this key"),
        ("no key", "BACKUP_KEY_FILE must name its key"),
        ("tampered", "is damaged"),
        ("cut", "is damaged"),
    ],
)
def test_an_encrypted_dump_that_does_not_open_to_its_end_changes_nothing(
    stored: None, other: str, tmp_path: Path, keys: tuple[Path, Path], fault: str, said: str
) -> None:
    with closing(psycopg2.connect(other)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (id int)")
    dump = Path(script("backup", tmp_path, url=database_url(), BACKUP_KEY_FILE=keys[0]).stdout.strip())
    whole = bytearray(dump.read_bytes())
    if fault == "tampered":
        # A bit of the last part: all that stands before it is as it was.
        whole[-20] ^= 1
    dump.write_bytes(whole[:-100] if fault == "cut" else whole)
    key = {"no key": "", "wrong key": str(keys[1])}.get(fault, str(keys[0]))
    restored = script("restore", dump, url=other, BACKUP_KEY_FILE=key)
    assert (restored.returncode, said in restored.stderr, "Nothing was changed" in restored.stderr) == (1, True, True)
    assert ask(other, _TABLES) == [("kept",)]


def test_so_many_dumps_are_kept_and_those_are_the_newest(stored: None, tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"demanda-2026110{day}T030000Z.dump{'.age' if day % 2 else ''}").touch()
    (tmp_path / "notes.txt").touch()
    dump = script("backup", tmp_path, url=database_url(), BACKUP_KEEP="3").stdout.strip()
    left = sorted(path.name for path in tmp_path.iterdir())
    kept = ["demanda-20261104T030000Z.dump", "demanda-20261105T030000Z.dump.age", Path(dump).name]
    assert left == sorted([*kept, "demanda.prom", "notes.txt"])
    # The control: nothing goes where nobody says how many.
    again = script("backup", tmp_path, url=database_url(), BACKUP_KEEP="").stdout.strip()
    assert {path.name for path in tmp_path.glob("*.dump*")} == {*kept, Path(again).name}


def test_a_restore_of_a_file_that_is_not_there_says_so(other: str, tmp_path: Path) -> None:
    done = script("restore", tmp_path / "nothing.dump", url=other)
    assert (done.returncode, "cannot be read" in done.stderr) == (1, True)
