"""`manage.py import_citizens` as people run it: a process of its own, on the test's database."""

import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from imports.management.works import Outcome, Work
from imports.models import Import
from tests.background.workers import until
from tests.factories import alike, people
from tests.imports.world import body_of, counts, lines_of
from tests.server import ROOT, database_url

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = lines_of(people(3))
BAD = lines_of([*people(2), people(3)[2] | {"town": "", "apartment": -1}])


def start(*arguments: object, **options: Any) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "import_citizens", *map(str, arguments)]
    variables = {**os.environ, "DATABASE_URL": database_url()}
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, env=variables, start_new_session=True, **pipes | options)


def run(*arguments: object, given: bytes = b"") -> tuple[int, str, str]:
    """Its exit code, and what it said on both outputs."""
    process = start(*arguments)
    out, err = process.communicate(given, timeout=60)
    return process.returncode, out.decode(), err.decode()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    contents = {
        "a.ndjson": GOOD,
        "b.json": body_of(people(2)),
        "c": gzip.compress(lines_of(alike(2_000))),
        "bad.ndjson": BAD,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


@contextmanager
def held() -> Iterator[None]:
    """Nobody can write residents meanwhile."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE imports_citizen IN SHARE MODE")
    yield
    other.close()


def loaders() -> int:
    """How many loads wait for the lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'COPY%%' AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_file_is_an_import_and_one_that_is_wrong_keeps_no_other_out(files: dict[str, Path], jobs: int) -> None:
    code, out, err = run(*files.values(), "--jobs", jobs, "--source", "Kyiv")
    assert code == 1
    assert sorted(Import.objects.values_list("citizen_count", "source")) == [(n, "Kyiv") for n in (2, 3, 2_000)]
    assert len(out.splitlines()) == 4
    assert f"{files['bad.ndjson']}: refused. The body is not valid. Nothing was stored." in out
    assert f"{files['bad.ndjson']}:3: town: " in err
    assert f"{files['bad.ndjson']}:3: apartment: " in err
    assert "1 of 4 files refused." in err


def test_standard_input_is_read_and_the_bar_is_drawn_where_it_is_asked_for() -> None:
    code, out, err = run("-", "--progress", given=GOOD)
    assert (code, counts()) == (0, (1, 3))
    assert out.startswith(f"-: import {Import.objects.get().pk}, 3 residents, after ")
    assert "3 residents]" in err


def test_without_a_terminal_there_is_no_bar() -> None:
    assert run("-", given=GOOD)[2] == ""


@pytest.mark.parametrize("given", [b"", GOOD[:-9], gzip.compress(GOOD)[:-9]], ids=["at once", "in a line", "packed"])
def test_a_pipe_whose_other_end_died_is_refused(given: bytes) -> None:
    assert (run("-", given=given)[0], counts()) == (1, (0, 0))


@pytest.mark.parametrize(
    "arguments", [[], ["a", "--jobs", "0"], ["a", "--source", "-"], ["a", "--as", "nobody"], ["a", "-"], ["a", "--x"]]
)
def test_wrong_arguments_are_2(arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2


def test_a_file_that_cannot_be_read_is_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("import_citizens", str(tmp_path / "nothing"), str(tmp_path))
    assert refusal.value.returncode == 1
    said = capsys.readouterr().out
    assert "nothing: refused. It cannot be read: No such file or directory." in said
    assert "It cannot be read: Is a directory." in said


def test_a_dry_run_checks_and_stores_nothing(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_citizens", str(files["a.ndjson"]), str(files["b.json"]), dry_run=True)
    assert capsys.readouterr().out.count("right, nothing stored") == 2
    with pytest.raises(CommandError):
        call_command("import_citizens", str(files["bad.ndjson"]), dry_run=True)
    assert counts() == (0, 0)


def test_the_imports_belong_to_who_is_named(files: dict[str, Path], superuser: User) -> None:
    call_command("import_citizens", str(files["b.json"]), username=superuser.username)
    assert Import.objects.get().created_by == superuser


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_what_is_stopped_stores_nothing(number: signal.Signals, code: int) -> None:
    with start("-") as process:
        assert process.stdin is not None
        process.stdin.write(lines_of(alike(5_000)))
        process.stdin.flush()
        until(is_loading)
        process.send_signal(number)
        assert process.wait(20) == code
    until(lambda: not is_loading())
    assert counts() == (0, 0)


def is_loading() -> bool:
    """Whether somebody is in the middle of a COPY that waits for more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%%'"
            " AND pid <> pg_backend_pid() AND state = 'active'"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_signal_ends_every_process_and_what_they_began(
    files: dict[str, Path], number: signal.Signals, code: int
) -> None:
    large = files["c"].with_name("large")
    large.write_bytes(lines_of(alike(30_000)))
    with held():
        process = start(large, files["a.ndjson"], "--jobs", 2)
        until(lambda: loaders() == 2)
        process.send_signal(number)
        if number == signal.SIGINT:
            out, err = process.communicate(timeout=30)
            assert (out, b"Stopped." in err) == (b"", True)
        assert process.wait(20) == code
        if number == signal.SIGKILL:
            os.killpg(process.pid, signal.SIGKILL)
    until(lambda: not is_loading())
    assert counts() == (0, 0)


def test_a_process_that_dies_is_a_refusal_and_the_others_go_on(files: dict[str, Path]) -> None:
    with held():
        process = start(files["c"], files["a.ndjson"], "--jobs", 2)
        until(lambda: loaders() == 2)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        victim = next(pid for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text())
        os.kill(int(victim), signal.SIGKILL)
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out.count(b"Its process died. Nothing was stored."), len(out.splitlines())) == (1, 1, 2)
    assert Import.objects.count() == 1


def test_what_passes_between_processes_is_small() -> None:
    assert Outcome("a") == Outcome("a", None, 0, "", ())
    assert Work("a", "b", None, dry_run=False).path == "a"
