import sys
import time
from functools import partial
from pathlib import Path

import pytest

from config.embedded import children
from config.embedded.children import Server, run_to_end, stop_all
from config.embedded.errors import EmbeddedError
from config.embedded.process import wait_until, working_in

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("ready", "x").close()
time.sleep(60)
"""


def test_a_command_run_to_its_end_gives_what_it_printed() -> None:
    assert run_to_end("this").startswith("The Zen of Python")


def test_a_command_that_fails_says_so() -> None:
    with pytest.raises(EmbeddedError, match=r"^config\.missing ended with exit code 1; nothing is served\.$"):
        run_to_end("config.missing")


def test_a_server_that_ended_by_itself_is_noticed() -> None:
    server = Server(name="mayfly", command=[sys.executable, "-c", "raise SystemExit(3)"], stop_seconds=1)
    server.check()
    server.start()
    with pytest.raises(EmbeddedError, match=r"^The mayfly ended by itself, with exit code 3\.$"):
        wait_until(partial(_ended, server), 10)
    server.stop()


def test_a_replaceable_server_that_ended_is_started_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(children, "RESTART_SECONDS", 0.2)
    server = Server(name="worker", command=["/bin/sh", "-c", "exit 3"], stop_seconds=1, replaceable=True)
    server.start()
    message = "demanda: The worker ended by itself, with exit code 3. Starting another.\n"
    told: list[str] = []

    def told_twice() -> bool:
        server.check()
        told.append(capsys.readouterr().err)
        return "".join(told) == message * 2

    assert wait_until(told_twice, 10)
    server.stop()


def test_servers_are_stopped_at_the_same_time() -> None:
    slow = "trap 'sleep 2; exit' TERM; while :; do sleep 0.05; done"
    servers = [Server(name=name, command=["/bin/sh", "-c", slow], stop_seconds=10) for name in ("one", "other")]
    for server in servers:
        server.start()
    # The shells need a moment to set their traps.
    time.sleep(0.5)
    begun = time.monotonic()
    stop_all(servers)
    assert 2 <= time.monotonic() - begun < 3.8


def test_a_server_is_stopped_with_its_children_however_stubborn(tmp_path: Path) -> None:
    # The shell starts a child that ignores SIGTERM, and waits for it; both work in the folder.
    script = f"cd {tmp_path}; {sys.executable} -c '{STUBBORN}' & wait"
    server = Server(name="tree", command=["/bin/sh", "-c", script], stop_seconds=0.2)
    server.start()
    assert wait_until((tmp_path / "ready").exists, 5)
    assert len(working_in(tmp_path)) == 2
    server.stop()
    assert wait_until(lambda: working_in(tmp_path) == [], 5)


def _ended(server: Server) -> bool:
    server.check()
    return False
