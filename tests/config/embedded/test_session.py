"""Joining, starting, leaving and stopping, with real servers and real processes."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from config.embedded import EmbeddedError, ensure, layout
from config.embedded.postgres import Postgres
from config.embedded.process import PROC, wait_until
from config.embedded.redis import Redis
from tests.config.embedded.conftest import ask, reported

Member = Callable[[], subprocess.Popen[str]]


def test_the_first_member_starts_both_servers_and_the_last_one_stops_them(data_dir: Path) -> None:
    first = ensure(data_dir)
    pids = Postgres(first.layout).pid(), Redis(first.layout).pid()
    second = ensure(data_dir)
    assert (Postgres(first.layout).pid(), Redis(first.layout).pid()) == pids
    first.close()
    assert (Postgres(first.layout).pid(), Redis(first.layout).pid()) == pids
    assert ask(second.layout, "SELECT 1") == [(1,)]
    second.close()
    assert (Postgres(first.layout).pid(), Redis(first.layout).pid()) == (None, None)
    assert sorted(second.layout.socket_dir.glob(".s.*")) == []


def test_a_database_has_unicode_case_rules_and_keeps_what_it_commits(data_dir: Path) -> None:
    session = ensure(data_dir, redis=False)
    assert ask(session.layout, "SELECT lower('ÉЖ'), current_user, current_database()") == [("éж", "demanda", "demanda")]
    settings = (
        "SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('listen_addresses')"
    )
    assert ask(session.layout, settings) == [("on", "on", "")]
    session.close()


def test_a_server_killed_with_all_its_processes_comes_back_with_its_data(data_dir: Path) -> None:
    session = ensure(data_dir)
    ask(session.layout, "CREATE TABLE kept (town text)")
    ask(session.layout, "INSERT INTO kept VALUES ('Москва')")
    _kill_tree(Postgres(session.layout).pid())
    _kill_tree(Redis(session.layout).pid())
    again = ensure(data_dir)
    assert ask(again.layout, "SELECT town FROM kept") == [("Москва",)]
    assert Redis(again.layout).answers()
    again.close()
    session.close()


def test_a_server_whose_parent_alone_was_killed_comes_back(data_dir: Path) -> None:
    session = ensure(data_dir, redis=False)
    ask(session.layout, "CREATE TABLE kept AS SELECT 1 AS number")
    pid = Postgres(session.layout).pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: Postgres(session.layout).pid() is None, 5)
    session.repair()
    assert Postgres(session.layout).pid() not in (pid, None)
    assert ask(session.layout, "SELECT number FROM kept") == [(1,)]
    session.close()


def test_a_shell_that_stands_in_the_folder_of_the_data_survives_a_repair(data_dir: Path) -> None:
    session = ensure(data_dir, redis=False)
    with subprocess.Popen(["sleep", "60"], cwd=session.layout.postgres_data) as shell:
        _kill_tree(Postgres(session.layout).pid())
        session.repair()
        assert shell.poll() is None
        shell.kill()
    assert ask(session.layout, "SELECT 1") == [(1,)]
    session.close()


def test_a_process_number_that_is_a_strangers_by_now_does_not_stop_a_start(data_dir: Path) -> None:
    session = ensure(data_dir, redis=False)
    pid_file = session.layout.postgres_data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    _kill_tree(Postgres(session.layout).pid())
    with subprocess.Popen(["sleep", "60"], user=session.layout.account.uid) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        again = ensure(data_dir, redis=False)
        assert stranger.poll() is None
        stranger.kill()
    assert ask(again.layout, "SELECT 1") == [(1,)]
    again.close()
    session.close()


def test_two_processes_that_start_at_the_same_moment_share_one_server(data_dir: Path, member: Member) -> None:
    first, second = member(), member()
    assert reported(first) == reported(second)
    first.communicate()
    assert ask(layout(data_dir), "SELECT 1") == [(1,)]
    second.communicate()
    assert Postgres(layout(data_dir)).pid() is None


def test_a_member_that_is_killed_leaves_the_server_to_the_next(data_dir: Path, member: Member) -> None:
    killed = member()
    pid = reported(killed)
    killed.kill()
    killed.wait()
    session = ensure(data_dir, redis=False)
    assert Postgres(session.layout).pid() == pid
    session.close()
    assert Postgres(session.layout).pid() is None


def test_members_that_come_and_go_at_random_never_find_the_server_gone(data_dir: Path) -> None:
    failures: list[Exception] = []

    def visit() -> None:
        try:
            for _ in range(4):
                session = ensure(data_dir, redis=False)
                ask(session.layout, "SELECT 1")
                session.close()
        except (EmbeddedError, psycopg2.Error) as error:
            failures.append(error)

    visitors = [threading.Thread(target=visit) for _ in range(3)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert failures == []
    assert Postgres(layout(data_dir)).pid() is None


def test_a_forked_child_that_closes_the_session_leaves_the_parent_a_member(data_dir: Path) -> None:
    session = ensure(data_dir, redis=False)
    child = os.fork()
    if child == 0:
        session.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert ask(session.layout, "SELECT 1") == [(1,)]
    session.close()


def test_two_data_folders_have_two_servers(tmp_path: Path, data_dir: Path) -> None:
    session = ensure(data_dir, redis=False)
    other = ensure(tmp_path / "other", redis=False)
    ask(session.layout, "CREATE TABLE only_here (number int)")
    assert ask(other.layout, "SELECT to_regclass('only_here')") == [(None,)]
    other.close()
    assert ask(session.layout, "SELECT 1") == [(1,)]
    session.close()


def test_somebody_elses_socket_folder_is_refused_and_nothing_starts(data_dir: Path) -> None:
    places = layout(data_dir)
    places.socket_dir.mkdir(mode=0o777)
    places.socket_dir.chmod(0o777)
    try:
        with pytest.raises(EmbeddedError) as refusal:
            ensure(data_dir)
    finally:
        places.socket_dir.rmdir()
    assert str(refusal.value).startswith(f"{places.socket_dir} is not a private folder")
    assert Postgres(places).pid() is None


def test_a_wrong_password_is_refused(data_dir: Path) -> None:
    session = ensure(data_dir, redis=False)
    for user in (session.layout.user, session.layout.launcher):
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(host=str(session.layout.socket_dir), user=user, password="guess", dbname="postgres")
    session.close()


def test_values_of_failed_statements_are_not_logged(data_dir: Path) -> None:
    session = ensure(data_dir, redis=False)
    ask(session.layout, "CREATE TABLE citizen (name text PRIMARY KEY, age int CHECK (age > 0))")
    for statement in ("INSERT INTO citizen VALUES ('Oksana', 0)", "SELECT 'Oksana'::int", "SELEC 'Oksana'"):
        with pytest.raises(psycopg2.Error):
            ask(session.layout, statement)
    log = (session.layout.logs / "postgres.log").read_text()
    assert "Oksana" not in log
    assert "ready to accept connections" in log
    session.close()


def test_redis_keeps_what_it_has_when_its_memory_is_full_and_after_a_kill(data_dir: Path) -> None:
    session = ensure(data_dir, postgres=False)
    with redis.Redis(unix_socket_path=str(session.layout.redis_socket)) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        client.set("message", "here")
        assert wait_until(lambda: client.info("persistence")["aof_pending_bio_fsync"] == 0, 3)
        _kill_tree(Redis(session.layout).pid())
    session.repair()
    with redis.Redis(unix_socket_path=str(session.layout.redis_socket)) as client:
        assert client.get("message") == b"here"
    session.close()


def test_redis_with_unreadable_data_starts_without(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session = ensure(data_dir, postgres=False)
    session.close()
    (file,) = session.layout.redis_data.glob("appendonlydir/*.incr.aof")
    file.write_bytes(b"*1\r\nthis is no command\r\n" * 3)
    again = ensure(data_dir, postgres=False)
    assert Redis(again.layout).answers()
    assert capsys.readouterr().err.startswith("demanda: Redis cannot read its data and starts without")
    again.close()


def test_without_any_redis_the_session_says_so(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("config.embedded.redis.redis_program", lambda _places: None)
    session = ensure(data_dir, postgres=False)
    assert session.redis is False
    assert capsys.readouterr().err.startswith("demanda: no Redis found")
    session.close()


def _kill_tree(pid: int | None) -> None:
    """SIGKILL a server and its children, and wait until the system has forgotten them."""
    assert pid is not None
    server = psutil.Process(pid)
    family = [server, *server.children(recursive=True)]
    for process in family:
        # A child may end with its parent.
        with suppress(psutil.NoSuchProcess):
            process.kill()
    assert wait_until(lambda: not any((PROC / str(process.pid) / "cwd").exists() for process in family), 5)
