"""`manage.py import_citizens` as people run it: a process of its own, on the test's database."""

import gzip
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from imports.models import Import
from tests.background.workers import until
from tests.factories import alike, people
from tests.held import held
from tests.imports.world import body_of, counts, lines_of
from tests.server import ROOT, database_url

pytestmark = pytest.mark.django_db(transaction=True)

# A process of its own starts as slowly as the machine is busy.
PATIENCE = 120
GOOD = lines_of(people(3))
BAD = lines_of([*people(2), people(3)[2] | {"town": "", "apartment": -1}])


@contextmanager
def start(*arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a process of its own; it and its children are killed at the end."""
    command = [sys.executable, "manage.py", "import_citizens", *map(str, arguments)]
    variables = {**os.environ, "DATABASE_URL": database_url()}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=variables,
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def refused(*arguments: object) -> int:
    """The exit code of a run in this process that does not end well."""
    with pytest.raises(CommandError) as refusal:
        call_command("import_citizens", *map(str, arguments))
    return refusal.value.returncode


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Gives this process something on its standard input."""

    def give(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return give


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


def loaders() -> int:
    """How many loads wait for the lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'COPY%%' AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def check_all(files: dict[str, Path], code: int | None, out: str, err: str) -> None:
    """That each file is a delivery, and that one that is wrong keeps no other out."""
    assert code == 1
    assert sorted(Import.objects.values_list("citizen_count", "source")) == [(n, "Kyiv") for n in (2, 3, 2_000)]
    assert len(out.splitlines()) == 4
    assert f"{files['bad.ndjson']}: refused. The body is not valid. Nothing was stored." in out
    assert f"{files['bad.ndjson']}:3: town: " in err
    assert f"{files['bad.ndjson']}:3: apartment: " in err


def test_each_file_is_an_import(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    check_all(files, refused(*files.values(), "--source", "Kyiv"), *capsys.readouterr())


def test_several_files_at_the_same_time_end_as_one_after_the_other(files: dict[str, Path]) -> None:
    with start(*files.values(), "--jobs", 2, "--source", "Kyiv") as process:
        out, err = process.communicate(timeout=PATIENCE)
    check_all(files, process.returncode, out.decode(), err.decode())
    assert b"1 of 4 files refused." in err


def test_ids_are_in_the_order_in_which_files_are_given_whichever_ends_first(files: dict[str, Path]) -> None:
    slow = files["c"].with_name("slow.ndjson")
    # A pipe, from which nothing comes until the others are stored.
    os.mkfifo(slow)
    with start(slow, files["bad.ndjson"], files["a.ndjson"], files["b.json"], "--jobs", 2) as process:
        until(lambda: len(children(process)) == 2, PATIENCE)
        first = children(process)
        until(lambda: Import.objects.count() == 2, PATIENCE)
        # One process for all that came while the other waited.
        assert children(process) == first
        slow.write_bytes(lines_of(people(4)))
        out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert list(Import.objects.order_by("pk").values_list("citizen_count", flat=True)) == [4, 3, 2]
    assert out.decode().splitlines()[-1].startswith(f"{slow}: import {Import.objects.earliest('pk').pk},")


def test_standard_input_is_read_and_the_bar_is_drawn_where_it_is_asked_for(
    pipe: Callable[[bytes], None], capsys: pytest.CaptureFixture[str]
) -> None:
    for options in ([], ["--progress"]):
        pipe(GOOD)
        call_command("import_citizens", "-", *options)
        out, err = capsys.readouterr()
        assert out.startswith(f"-: import {Import.objects.latest('id').pk}, 3 residents, after ")
        assert ("3 residents]" in err) == bool(options)
    assert counts() == (2, 6)


@pytest.mark.parametrize("given", [b"", GOOD[:-9], gzip.compress(GOOD)[:-9]], ids=["at once", "in a line", "packed"])
def test_a_pipe_whose_other_end_died_is_refused(pipe: Callable[[bytes], None], given: bytes) -> None:
    pipe(given)
    assert (refused("-"), counts()) == (1, (0, 0))


@pytest.mark.parametrize("arguments", [["--jobs", "0"], ["--source", "-"], ["--as", "nobody"], ["-"]])
def test_wrong_arguments_are_2(files: dict[str, Path], arguments: list[str]) -> None:
    assert (refused(files["a.ndjson"], *arguments), counts()) == (2, (0, 0))


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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_what_is_stopped_stores_nothing(number: signal.Signals, code: int) -> None:
    with start("-") as process:
        assert process.stdin is not None
        process.stdin.write(lines_of(alike(5_000)))
        process.stdin.flush()
        until(is_loading, PATIENCE)
        process.send_signal(number)
        assert process.wait(PATIENCE) == code
    until(lambda: not is_loading(), PATIENCE)
    assert counts() == (0, 0)


def children(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that load a file each."""
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


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
    with start(large, files["a.ndjson"], "--jobs", 2) as process:
        with held("imports_citizen"):
            until(lambda: loaders() == 2, PATIENCE)
            others = children(process)
            process.send_signal(number)
            assert process.wait(PATIENCE) == code
        if number == signal.SIGINT:
            assert not any(map(is_there, others))
        # Those whose parent was killed end when they look for it.
        until(lambda: not any(map(is_there, others)), PATIENCE)
    until(lambda: not is_loading(), PATIENCE)
    assert not Import.objects.filter(citizen_count=30_000).exists()


def is_there(pid: int) -> bool:
    """Whether it runs; nobody may have collected one that has ended."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_process_that_dies_is_a_refusal_and_the_others_go_on(files: dict[str, Path]) -> None:
    with start(files["c"], files["c"], files["a.ndjson"], "--jobs", 2) as process:
        with held("imports_citizen"):
            until(lambda: loaders() == 2, PATIENCE)
            os.kill(children(process)[0], signal.SIGKILL)
        out, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out.count(b"Its process died. Nothing was stored."), len(out.splitlines())) == (1, 1, 3)
    assert Import.objects.count() == 2


def test_people_are_asked_about_a_file_of_nobody_where_they_can_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nobody.ndjson"
    path.write_bytes(b"")
    closed = io.StringIO()
    closed.close()
    for stdin in (Terminal(""), Terminal("no\n"), io.StringIO("empty\n"), closed, None):
        monkeypatch.setattr(sys, "stdin", stdin)
        assert refused(path) == 1
        assert "Say --empty if that is meant." in capsys.readouterr().out
    assert counts() == (0, 0)
    monkeypatch.setattr(sys, "stdin", Terminal("empty\n"))
    call_command("import_citizens", str(path))
    assert counts() == (1, 0)


class Terminal(io.StringIO):
    """Somebody who types this, and then ends the input."""

    def isatty(self) -> bool:
        return True
